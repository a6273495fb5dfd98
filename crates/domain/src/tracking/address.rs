//! The addresses that go out with a message.

use super::token::{MessageRef, TokenKey, TrackingToken};

/// Makes the addresses of a workspace that can be reached from outside.
#[derive(Debug, Clone)]
pub struct Addresses {
    base: String,
    key: TokenKey,
}

impl Addresses {
    /// Addresses below the workspace's public address (`https://mail.example.com`), signed with its key.
    pub fn new(public_base_url: &str, key: TokenKey) -> Self {
        Self { base: public_base_url.trim_end_matches('/').to_owned(), key }
    }

    /// The pixel of a message.
    pub fn pixel(&self, message: MessageRef) -> String {
        format!("{}/t/o/{}.gif", self.base, self.key.sign(&TrackingToken::Open(message)))
    }

    /// The address that leads to a stored link.
    pub fn click(&self, message: MessageRef, link: i64) -> String {
        format!("{}/t/c/{}", self.base, self.key.sign(&TrackingToken::Click { message, link }))
    }

    /// The page on which the recipient unsubscribes; also takes the one-click POST of RFC 8058.
    pub fn unsubscribe(&self, message: MessageRef) -> String {
        format!("{}/u/{}", self.base, self.key.sign(&TrackingToken::Unsubscribe(message)))
    }

    /// The page on which the recipient chooses channels.
    pub fn preferences(&self, message: MessageRef) -> String {
        format!("{}/u/{}", self.base, self.key.sign(&TrackingToken::Preferences(message)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::WorkspaceId;

    #[test]
    fn an_address_leads_back_to_its_message() {
        let key = TokenKey::new([3; 32]);
        let message = MessageRef { workspace: WorkspaceId(1), run_id: 7, seq: 150 };
        let pixel = Addresses::new("https://t.example/", key.clone()).pixel(message);
        let token = pixel.strip_prefix("https://t.example/t/o/").and_then(|t| t.strip_suffix(".gif")).unwrap();
        assert_eq!(key.verify(token), Ok(TrackingToken::Open(message)));
    }
}
