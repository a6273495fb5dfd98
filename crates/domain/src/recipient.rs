//! A recipient: one message to one customer, and how far it got.

crate::text_enum! {
    /// How far a message got. `code` is what stands in the lean table.
    pub enum RecipientStatus {
        Pending = "pending",
        Sent = "sent",
        Delivered = "delivered",
        Opened = "opened",
        Clicked = "clicked",
        Bounced = "bounced",
        Failed = "failed",
        Skipped = "skipped",
        Suppressed = "suppressed",
        Cancelled = "cancelled",
        /// In flight when a node died: perhaps sent. Never sent again silently.
        Unknown = "unknown",
    }
}

impl RecipientStatus {
    /// The number in `run_recipients.status`.
    pub fn code(self) -> i16 {
        self as i16
    }

    /// The status of a number in `run_recipients.status`; an unheard-of number reads as unknown.
    pub fn from_code(code: i16) -> Self {
        usize::try_from(code).ok().and_then(|i| Self::ALL.get(i)).copied().unwrap_or(Self::Unknown)
    }

    /// Whether the provider took it, whatever happened to it afterwards.
    pub fn was_sent(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Opened | Self::Clicked | Self::Bounced)
    }
}

crate::text_enum! {
    /// Why a recipient's creative was chosen (OFF-4); `code` is what stands in `run_recipients.choice`.
    pub enum CreativeChoice {
        None = "none",
        /// Preferred channel and language.
        Exact = "exact",
        /// Preferred channel, default locale.
        DefaultLocale = "default_locale",
        /// The first active creative by which the customer can be reached.
        FirstActive = "first_active",
    }
}
