//! What stands in the DNS: what receivers of our mail find when they look whether it is ours.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{Name, RData},
};

/// Longest wait for one answer; each is asked for twice.
const PATIENCE: Duration = Duration::from_secs(2);
/// Records of one name that are read.
const MAX_RECORDS: usize = 20;

/// Where names are looked up.
#[derive(Clone, Debug, Default)]
pub enum NameServer {
    /// Where this machine does it.
    #[default]
    Usual,
    /// At one server.
    At(SocketAddr),
}

/// Nobody answered, or not in a way that says anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS gave no answer: {0}")]
pub struct NoAnswer(String);

/// Looks names up, every time anew: whoever has just published a record wants to know that it is there.
pub struct Lookup(TokioResolver);

impl Lookup {
    /// # Errors
    /// This machine does not say where names are looked up.
    pub fn new(server: &NameServer) -> Result<Self, NoAnswer> {
        let mut builder = match server {
            NameServer::Usual => TokioResolver::builder_tokio().map_err(no_answer)?,
            NameServer::At(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                server.connections.iter_mut().for_each(|one| one.port = address.port());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        (options.timeout, options.attempts, options.cache_size) = (PATIENCE, 2, 0);
        builder.build().map(Self).map_err(no_answer)
    }

    /// The texts that stand at a name; none when there is no such name.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let found = self.0.txt_lookup(absolute(name)?).await;
        read(found, |data| match data {
            RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
            _ => None,
        })
    }

    /// The servers that take mail for a domain; none when nobody says so.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn mail_servers(&self, domain: &str) -> Result<Vec<String>, NoAnswer> {
        let found = self.0.mx_lookup(absolute(domain)?).await;
        read(found, |data| match data {
            RData::MX(mx) => {
                Some(mx.exchange.to_string().trim_end_matches('.').to_owned()).filter(|name| !name.is_empty())
            }
            _ => None,
        })
    }
}

fn absolute(name: &str) -> Result<Name, NoAnswer> {
    let mut name = Name::from_str_relaxed(name).map_err(|error| NoAnswer(error.to_string()))?;
    name.set_fqdn(true);
    Ok(name)
}

fn read(
    found: Result<hickory_resolver::lookup::Lookup, NetError>,
    text: impl Fn(&RData) -> Option<String>,
) -> Result<Vec<String>, NoAnswer> {
    match found {
        Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).take(MAX_RECORDS).collect()),
        // There is no such name, or nothing of the kind at it.
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(no_answer(error)),
    }
}

fn no_answer(error: NetError) -> NoAnswer {
    NoAnswer(error.to_string())
}
