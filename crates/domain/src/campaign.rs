//! A campaign's words and its state machine (CAM-2, CAM-3, CAM-5).

use thiserror::Error;

crate::text_enum! {
    /// Where a campaign is in its life. Filters also take the words of older systems.
    pub enum CampaignStatus {
        Draft = "draft",
        Scheduled = "scheduled",
        Running = "running" | "active" | "sending",
        Paused = "paused",
        Completed = "completed" | "sent",
        Cancelled = "cancelled",
        Failed = "failed",
    }
}

crate::text_enum! {
    /// Whether others agreed.
    pub enum ApprovalStatus {
        NotSubmitted = "not_submitted",
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
    }
}

crate::text_enum! {
    /// What makes a campaign run.
    pub enum CampaignType {
        OneTime = "one_time",
        Recurring = "recurring",
        Triggered = "triggered",
        Plan = "plan",
    }
}

crate::text_enum! {
    /// How offers are dealt to the segments.
    pub enum TargetingType {
        MultipleTargetGroup = "multiple_target_group",
        RoundRobin = "round_robin",
        MultipleLevel = "multiple_level",
        ChampionChallenger = "champion_challenger",
    }
}

crate::text_enum! {
    /// What a campaign is for.
    pub enum Objective {
        Acquisition = "acquisition",
        Retention = "retention",
        ChurnPrevention = "churn_prevention",
        UpsellCrossSell = "upsell_cross_sell",
        Reactivation = "reactivation",
    }
}

crate::text_enum! {
    /// How fast a campaign may be.
    pub enum DeliveryMode {
        /// As fast as limits allow, at least 100 an hour.
        Bulk = "bulk",
        /// Slow and personal: 50, 75 or 150 an hour.
        Outreach = "outreach",
    }
}

crate::text_enum! {
    /// What becomes of a message of which nobody knows whether it arrived: its answer was lost, or its node stopped while it
    /// was on its way.
    pub enum UnknownPolicy {
        /// It waits until somebody decides.
        Hold = "hold",
        /// It is sent a second time by itself, once: for messages that do more harm missing than arriving twice. In doubt
        /// again, it waits like any other.
        Resend = "resend",
    }
}

/// What a person or the scheduler asks of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignAction {
    Schedule,
    Unschedule,
    Start,
    Pause,
    Resume,
    Cancel,
    /// Nothing is pending any more; `all_failed` when nothing at all was sent.
    Finish {
        all_failed: bool,
    },
    /// Messages that failed are to be sent again after all.
    Reopen,
    /// An occurrence of a recurring campaign is over, and another one comes.
    Rest,
}

/// The state machine refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a campaign that is {from} cannot {}", verb(*action))]
pub struct RefusedTransition {
    /// Where the campaign is.
    pub from: CampaignStatus,
    /// What was asked.
    pub action: CampaignAction,
}

fn verb(action: CampaignAction) -> &'static str {
    match action {
        CampaignAction::Schedule => "be scheduled",
        CampaignAction::Unschedule => "be taken off the schedule",
        CampaignAction::Start => "be started",
        CampaignAction::Pause => "be paused",
        CampaignAction::Resume => "be resumed",
        CampaignAction::Cancel => "be cancelled",
        CampaignAction::Finish { .. } => "be finished",
        CampaignAction::Reopen => "send messages again",
        CampaignAction::Rest => "wait for its next occurrence",
    }
}

impl CampaignStatus {
    /// The state after an action.
    ///
    /// # Errors
    /// [`RefusedTransition`] for everything that CAM-5 does not name. Ours are [`CampaignAction::Reopen`]: a finished
    /// campaign whose dead letters go out again runs until they are sent (what was cancelled stays cancelled); and
    /// [`CampaignAction::Rest`]: a recurring campaign is scheduled between its occurrences, and completed when none is left.
    pub fn after(self, action: CampaignAction) -> Result<Self, RefusedTransition> {
        use CampaignAction as A;
        match (self, action) {
            (Self::Draft | Self::Scheduled, A::Schedule) => Ok(Self::Scheduled),
            (Self::Scheduled, A::Unschedule) => Ok(Self::Draft),
            (Self::Draft | Self::Scheduled, A::Start) => Ok(Self::Running),
            (Self::Running, A::Pause) => Ok(Self::Paused),
            (Self::Paused, A::Resume) => Ok(Self::Running),
            (Self::Draft | Self::Scheduled | Self::Running | Self::Paused, A::Cancel) => Ok(Self::Cancelled),
            (Self::Running | Self::Paused, A::Rest) => Ok(Self::Scheduled),
            (Self::Scheduled | Self::Running | Self::Paused, A::Finish { all_failed }) => {
                Ok(if all_failed { Self::Failed } else { Self::Completed })
            }
            (Self::Scheduled | Self::Completed | Self::Failed, A::Reopen) => Ok(Self::Running),
            (from, action) => Err(RefusedTransition { from, action }),
        }
    }

    /// Whether its content, audience and schedule may still be edited.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled)
    }

    /// Whether nothing happens any more by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }
}

/// Limits of CAM-9.
pub const MAX_RUNNING_CAMPAIGNS: i64 = 5;
pub const MAX_RECIPIENTS: i64 = 1_000_000;
pub const MAX_VARIANTS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_ways_are_open() {
        use CampaignAction as A;
        let finish = A::Finish { all_failed: false };
        let actions =
            [A::Schedule, A::Unschedule, A::Start, A::Pause, A::Resume, A::Cancel, finish, A::Reopen, A::Rest];
        let open: usize =
            CampaignStatus::ALL.iter().map(|s| actions.iter().filter(|a| s.after(**a).is_ok()).count()).sum();
        assert_eq!(open, 2 + 1 + 2 + 1 + 1 + 4 + 3 + 3 + 2);
        for status in CampaignStatus::ALL.iter().filter(|s| s.is_final()) {
            assert!(actions.iter().all(|a| *a == A::Reopen || status.after(*a).is_err()), "{status} is final");
        }
        assert!(CampaignStatus::Cancelled.after(A::Reopen).is_err(), "what was cancelled stays cancelled");
        let refused = CampaignStatus::Completed.after(A::Pause).unwrap_err();
        assert_eq!(refused.to_string(), "a campaign that is completed cannot be paused");
    }

    #[test]
    fn words_are_taken_in_any_case_and_by_their_older_names() {
        assert_eq!("SENDING".parse(), Ok(CampaignStatus::Running));
        assert_eq!("sent".parse(), Ok(CampaignStatus::Completed));
        assert!("gone".parse::<CampaignStatus>().is_err());
    }
}
