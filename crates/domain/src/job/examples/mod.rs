//! Job files that come with Muster: to be imported, looked at and changed.

#[cfg(test)]
mod tests;

/// A job file that comes with Muster.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What programs call it.
    pub code: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Its text, for [`super::file::JobFile::read`].
    pub text: &'static str,
}

/// All of them.
pub const EXAMPLES: [Example; 3] = [
    Example {
        code: "campaign-chain",
        name: "Campaign chain",
        description: "Five jobs that follow each other when a campaign starts: segment, profiles, messages, delivery, figures.",
        text: include_str!("campaign-chain.json"),
    },
    Example {
        code: "black-friday-chain",
        name: "Black Friday chain",
        description: "Four jobs of a sale that begins at midnight and waits for what comes before.",
        text: include_str!("black-friday-chain.json"),
    },
    Example {
        code: "segment-evaluation",
        name: "Segment evaluation",
        description: "One job that evaluates two segments side by side, keeps their members and tells the team.",
        text: include_str!("segment-evaluation.json"),
    },
];
