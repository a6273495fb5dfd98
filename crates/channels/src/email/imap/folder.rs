//! One folder, open for reading.

use std::time::Duration;

use async_imap::Session;
use async_imap::error::Error;
use futures::TryStreamExt;
use muster_domain::clock::Millis;

use super::{ImapConfig, Line, name, said, within};

/// Bytes of a mail that are fetched: what a person wrote comes before what is attached.
const MOST_OF_ONE: usize = muster_domain::incoming::MAX_BYTES;

/// A folder that is being read.
pub struct Folder {
    session: Session<Line>,
    host: String,
    wait: Duration,
    /// Names the numbering of the folder's mail (RFC 3501 §2.3.1.1): numbers of another one mean other mail.
    pub uid_validity: u32,
    /// How much mail is in it.
    pub mails: u32,
}

/// A mail as it lies in a folder.
#[derive(Debug, Clone)]
pub struct Letter {
    pub uid: u32,
    /// When the server got it; none where it does not say.
    pub arrived_at: Option<Millis>,
    /// Its bytes, the beginning of it where it is long.
    pub bytes: Vec<u8>,
}

impl Folder {
    pub(super) async fn examine(config: &ImapConfig, mut session: Session<Line>) -> Result<Self, String> {
        let found = within(config.wait, session.examine(name::encode(&config.folder))).await?;
        let found = found.map_err(|error| match error {
            Error::No(_) | Error::Bad(_) => {
                format!("there is no folder “{}” in this mailbox, or it may not be read", config.folder)
            }
            other => said(&config.host, other),
        })?;
        let uid_validity = found.uid_validity.filter(|number| *number > 0);
        let uid_validity = uid_validity
            .ok_or("this server does not number its mail (UIDVALIDITY), so that it could not be told what was read")?;
        Ok(Self { session, host: config.host.clone(), wait: config.wait, uid_validity, mails: found.exists })
    }

    /// The numbers above `after` of mail that arrived on this day or later, in their order. The server compares days by its own
    /// clock: ask for a day more.
    pub async fn numbers(&mut self, after: u32, since: chrono::NaiveDate) -> Result<Vec<u32>, String> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let query = format!("UID {first}:* SINCE {}", since.format("%-d-%b-%Y"));
        let found = within(self.wait, self.session.uid_search(query)).await?;
        let found = found.map_err(|error| said(&self.host, error))?;
        // `*` is the last mail, whatever its number.
        let mut numbers: Vec<u32> = found.into_iter().filter(|uid| *uid >= first).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Some mail by its numbers, in their order; what is gone meanwhile is left out. Nothing is marked as read.
    pub async fn fetch(&mut self, numbers: &[u32]) -> Result<Vec<Letter>, String> {
        let set = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let query = format!("(UID INTERNALDATE BODY.PEEK[]<0.{MOST_OF_ONE}>)");
        let session = &mut self.session;
        let fetching = async {
            let answers = session.uid_fetch(set, query).await?;
            let letters = answers.try_filter_map(|found| async move {
                let bytes = found.body().unwrap_or_default();
                Ok(found.uid.map(|uid| Letter {
                    uid,
                    arrived_at: found.internal_date().map(|at| at.timestamp_millis()),
                    bytes: bytes[..bytes.len().min(MOST_OF_ONE)].to_vec(),
                }))
            });
            letters.try_collect::<Vec<_>>().await
        };
        let letters = within(self.wait, fetching).await?.map_err(|error| said(&self.host, error))?;
        let mut letters: Vec<_> = letters.into_iter().filter(|letter| numbers.contains(&letter.uid)).collect();
        letters.sort_by_key(|letter| letter.uid);
        letters.dedup_by_key(|letter| letter.uid);
        Ok(letters)
    }

    /// Says goodbye; a server that does not answer is left.
    pub async fn close(mut self) {
        let _ = within(self.wait.min(Duration::from_secs(2)), self.session.logout()).await;
    }
}
