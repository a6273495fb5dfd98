//! Job files that come with Muster: to be imported, looked at and changed.

#[cfg(test)]
mod tests;

/// A job file that comes with Muster.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What people call it.
    pub name: &'static str,
    /// Its text, for [`super::file::JobFile::read`].
    pub text: &'static str,
}

/// All of them.
pub const EXAMPLES: [Example; 3] = [
    Example { name: "Campaign chain", text: include_str!("campaign-chain.json") },
    Example { name: "Black Friday chain", text: include_str!("black-friday-chain.json") },
    Example { name: "Segment evaluation", text: include_str!("segment-evaluation.json") },
];
