//! What a reply means.

crate::text_enum! {
    /// The class of a reply, in the order in which lists show them.
    pub enum Disposition {
        /// Wants it.
        Interested = "INTERESTED",
        /// Asks something before deciding.
        NeedsMoreInfo = "NEEDS_MORE_INFO",
        /// Not clear enough to act on: a person decides.
        EscalateUnclear = "ESCALATE_UNCLEAR",
        /// Comes from somebody who is not an active customer.
        NoActiveProfile = "NO_ACTIVE_PROFILE",
        /// Says no, without asking to be left alone for good.
        NotInterested = "NOT_INTERESTED",
        /// An automatic answer of somebody who is away.
        OutOfOffice = "OUT_OF_OFFICE",
        /// Asks to get nothing more. Decided by rules alone, never by a model.
        Unsubscribe = "UNSUBSCRIBE",
        /// A mail server says that the message could not be delivered.
        Bounce = "BOUNCE",
    }
}

crate::text_enum! {
    /// How the writer feels about it.
    pub enum Sentiment {
        Positive = "positive",
        Neutral = "neutral",
        Negative = "negative",
    }
}
