//! The ways a message can go.

crate::text_enum! {
    /// A channel.
    pub enum Channel {
        Email = "email",
        Sms = "sms",
        Whatsapp = "whatsapp",
        Push = "push",
    }
}

crate::text_enum! {
    /// A campaign's channel: one for all, or each customer's preferred one.
    pub enum CampaignChannel {
        Email = "email",
        Sms = "sms",
        Whatsapp = "whatsapp",
        Push = "push",
        /// Each customer's preferred channel; needs offers.
        Multi = "multi",
    }
}

impl CampaignChannel {
    /// The one channel, or none for `multi`.
    pub fn single(self) -> Option<Channel> {
        match self {
            Self::Email => Some(Channel::Email),
            Self::Sms => Some(Channel::Sms),
            Self::Whatsapp => Some(Channel::Whatsapp),
            Self::Push => Some(Channel::Push),
            Self::Multi => None,
        }
    }
}
