//! How a message names its recipient to a provider and back: `run/seq/customer`.

use std::fmt;
use std::str::FromStr;

/// Which recipient a message is for. Parts that there are not (a test message has no run) are 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct MessageReference {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
}

impl fmt::Display for MessageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.run_id, self.seq, self.customer_id)
    }
}

/// The text is no reference.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message reference")]
pub struct BadReference;

impl FromStr for MessageReference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let mut parts = text.split('/').map(|part| part.parse::<i64>().map_err(|_| BadReference));
        let mut next = || parts.next().ok_or(BadReference)?;
        let reference = Self { run_id: next()?, seq: next()?, customer_id: next()? };
        if parts.next().is_some() { Err(BadReference) } else { Ok(reference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_comes_back_as_it_went() {
        let reference = MessageReference { run_id: 3, seq: 70, customer_id: 12 };
        assert_eq!(reference.to_string(), "3/70/12");
        assert_eq!("3/70/12".parse(), Ok(reference));
        for bad in ["", "3/70", "3/70/12/1", "a/b/c"] {
            assert_eq!(bad.parse::<MessageReference>(), Err(BadReference));
        }
    }
}
