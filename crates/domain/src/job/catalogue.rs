//! The catalogue of job types (JOB-2): the kinds of work that jobs do, and what a new job of each kind begins with. A job may
//! name a type of its own besides.

use serde::Serialize;

/// A type of jobs. The window says name and description in its reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobType {
    pub code: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub defaults: Defaults,
}

/// What a new job of a type begins with, under the names of job files; none: nothing is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Defaults {
    pub execution_timeout_minutes: Option<i64>,
    pub sla_duration_minutes: Option<i64>,
}

const fn within(timeout: i64, sla: i64) -> Defaults {
    Defaults { execution_timeout_minutes: Some(timeout), sla_duration_minutes: Some(sla) }
}

/// The types. The first six stand in the order in which older systems number them from 1.
pub const CATALOGUE: [JobType; 10] = [
    JobType {
        code: "segment-evaluation",
        name: "Segment evaluation",
        description: "Finds the customers that match a segment's conditions.",
        defaults: within(60, 30),
    },
    JobType {
        code: "customer-profile-fetch",
        name: "Customer profile fetch",
        description: "Reads what texts say of each customer.",
        defaults: within(60, 30),
    },
    JobType {
        code: "creative-rendering",
        name: "Creative rendering",
        description: "Puts customers' values into texts.",
        defaults: within(120, 60),
    },
    JobType {
        code: "message-delivery",
        name: "Message delivery",
        description: "Sends messages by email, SMS, WhatsApp or push.",
        defaults: within(1_440, 240),
    },
    JobType {
        code: "reward-distribution",
        name: "Reward distribution",
        description: "Gives rewards to customers.",
        defaults: within(240, 60),
    },
    JobType {
        code: "analytics-tracking",
        name: "Analytics and tracking",
        description: "Brings the figures of campaigns up to date.",
        defaults: within(60, 30),
    },
    JobType {
        code: "campaign-activation",
        name: "Campaign activation",
        description: "Starts a campaign, or gets it ready to start.",
        defaults: within(30, 10),
    },
    JobType {
        code: "offer-selection",
        name: "Offer selection",
        description: "Chooses which offer each customer gets.",
        defaults: within(60, 30),
    },
    JobType {
        code: "creative-selection",
        name: "Creative selection",
        description: "Chooses which text each customer gets.",
        defaults: within(60, 30),
    },
    JobType {
        code: CUSTOM,
        name: "Custom",
        description: "Anything else.",
        defaults: Defaults { execution_timeout_minutes: None, sla_duration_minutes: None },
    },
];

/// What a job is that names no type.
pub const CUSTOM: &str = "custom";

/// A type by its number in older systems.
#[must_use]
pub fn numbered(number: u64) -> Option<&'static str> {
    const NUMBERED: usize = 6;
    let place = usize::try_from(number).ok()?.checked_sub(1).filter(|place| *place < NUMBERED)?;
    Some(CATALOGUE[place].code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::definition::JobDefinition;

    #[test]
    fn a_job_of_each_type_can_be_made_with_its_defaults() {
        for (place, kind) in CATALOGUE.iter().enumerate() {
            assert!(CATALOGUE[..place].iter().all(|other| other.code != kind.code), "{} stands there twice", kind.code);
            let mut job = serde_json::to_value(kind.defaults).unwrap();
            job["code"] = "j".into();
            job["job_type_id"] = kind.code.into();
            let job = JobDefinition::read(&job).unwrap();
            let defaults = kind.defaults;
            assert_eq!(
                (job.job_type_id.as_str(), job.sla_duration_minutes),
                (kind.code, defaults.sla_duration_minutes)
            );
            assert!(defaults.sla_duration_minutes <= defaults.execution_timeout_minutes, "{}", kind.code);
        }
    }

    #[test]
    fn older_systems_number_the_first_six() {
        let codes: Vec<_> = (0..=7).map(numbered).collect();
        assert_eq!(
            (codes[0], codes[1], codes[6], codes[7]),
            (None, Some("segment-evaluation"), Some("analytics-tracking"), None)
        );
    }
}
