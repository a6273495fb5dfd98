//! Lines with which a script speaks to Muster.

use serde_json::{Map, Value};

/// A line of standard output that means something to Muster.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// `::output {"rows": 5}`: the outputs of the step, one JSON object on one line.
    Output(Map<String, Value>),
    /// `::rows 5`: rows processed.
    Rows(u64),
    /// `::progress 0.4`: the share that is done, 0 to 1.
    Progress(f64),
}

impl Mark {
    pub const OUTPUT: &str = "::output ";
    pub const ROWS: &str = "::rows ";
    pub const PROGRESS: &str = "::progress ";

    /// The mark of a line: `None` for any other line, `Some(Err)` for one that begins like a mark and is none.
    pub fn read(line: &str) -> Option<Result<Self, ()>> {
        let read = if let Some(rest) = line.strip_prefix(Self::OUTPUT) {
            serde_json::from_str(rest).ok().map(Self::Output)
        } else if let Some(rest) = line.strip_prefix(Self::ROWS) {
            rest.trim().parse().ok().map(Self::Rows)
        } else {
            let rest = line.strip_prefix(Self::PROGRESS)?;
            rest.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share)).map(Self::Progress)
        };
        Some(read.ok_or(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn child_marks_are_read_and_broken_ones_told_from_plain_lines() {
        let Some(Ok(Mark::Output(outputs))) = Mark::read(r#"::output {"rows": 5}"#) else { panic!("an object") };
        assert_eq!(outputs["rows"], 5);
        assert_eq!(Mark::read("::rows 12 "), Some(Ok(Mark::Rows(12))));
        assert_eq!(Mark::read("::progress 0.4"), Some(Ok(Mark::Progress(0.4))));
        for broken in ["::output [1]", "::output {", "::rows -1", "::progress 1.5", "::progress NaN"] {
            assert_eq!(Mark::read(broken), Some(Err(())), "{broken}");
        }
        for plain in ["rows 5", " ::rows 5", "::other 5", ""] {
            assert_eq!(Mark::read(plain), None, "{plain}");
        }
    }
}
