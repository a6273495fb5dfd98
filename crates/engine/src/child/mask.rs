//! Hides secrets in what a script says.

use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
const MASK: &[u8] = b"***";

/// Pieces of a secret of several lines that are shorter than this are too common to be masked.
const SHORTEST_PIECE_BYTES: usize = 4;

/// The values to hide. A secret that a script says otherwise than it was given (in base64, backwards) is not recognised.
pub(crate) struct Masks {
    /// Longest first, so that a secret within another does not uncover the rest of it.
    values: Vec<Vec<u8>>,
}

impl Masks {
    pub(crate) fn new<'a>(secrets: impl Iterator<Item = &'a SecretString>) -> Self {
        let mut values: Vec<Vec<u8>> = Vec::new();
        for secret in secrets {
            // Output is looked at line by line, so a secret of several lines is several.
            let pieces: Vec<&str> = secret.expose_secret().lines().collect();
            let several = pieces.len() > 1;
            let long_enough = |piece: &&str| !piece.is_empty() && (!several || piece.len() >= SHORTEST_PIECE_BYTES);
            values.extend(pieces.into_iter().filter(long_enough).map(|piece| piece.as_bytes().to_vec()));
        }
        values.sort_unstable_by_key(|value| std::cmp::Reverse(value.len()));
        Self { values }
    }

    /// The longest value in bytes: so much more of a line has to be known than is shown of it.
    pub(super) fn longest(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// The first `most` bytes of a line, without secrets. A secret that begins in them is hidden whole.
    pub(crate) fn hide(&self, line: &[u8], most: usize) -> Vec<u8> {
        let mut shown = Vec::with_capacity(line.len().min(most));
        let mut at = 0;
        while at < line.len().min(most) {
            match self.values.iter().find(|value| line[at..].starts_with(value)) {
                Some(value) => {
                    shown.extend_from_slice(MASK);
                    at += value.len();
                }
                None => {
                    shown.push(line[at]);
                    at += 1;
                }
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(secrets: &[&str], line: &str, most: usize) -> String {
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        String::from_utf8(Masks::new(secrets.iter()).hide(line.as_bytes(), most)).unwrap()
    }

    #[test]
    fn child_secrets_are_hidden_whole() {
        assert_eq!(hidden(&["hunter2"], "a hunter2 b hunter2", 100), "a *** b ***");
        assert_eq!(hidden(&["abc", "abcdef"], "abcdef abc", 100), "*** ***");
        assert_eq!(hidden(&["-----\nMIIabc\n}\n-----"], "{MIIabc}", 100), "{***}");
        assert_eq!(hidden(&[""], "nothing", 100), "nothing");
    }

    #[test]
    fn child_a_cut_line_shows_no_part_of_a_secret() {
        assert_eq!(hidden(&["hunter2"], "aa hunter2 tail", 5), "aa ***");
        assert_eq!(hidden(&["hunter2"], "hunter2hunter2xyz", 10), "******");
    }
}
