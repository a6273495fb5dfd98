//! The stages of a campaign's run (JOB-1), in their order.

muster_domain::text_enum! {
    /// A stage; the word is the job type of its execution.
    pub enum Stage {
        Activation = "campaign-activation",
        SegmentEvaluation = "segment-evaluation",
        ProfileFetch = "customer-profile-fetch",
        OfferSelection = "offer-selection",
        CreativeSelection = "creative-selection",
        Rendering = "creative-rendering",
        Delivery = "message-delivery",
        Rewards = "reward-distribution",
        Analytics = "analytics-tracking",
    }
}

impl Stage {
    /// Its place in the chain, from 0. A campaign completes with delivery; what comes after stays open until the
    /// attribution window ends.
    pub fn order(self) -> i64 {
        self as i64
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Activation => "Activation",
            Self::SegmentEvaluation => "Segment",
            Self::ProfileFetch => "Profiles",
            Self::OfferSelection => "Offers",
            Self::CreativeSelection => "Creatives",
            Self::Rendering => "Rendering",
            Self::Delivery => "Delivery",
            Self::Rewards => "Rewards",
            Self::Analytics => "Analytics",
        }
    }
}
