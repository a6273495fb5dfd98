//! When the action of a node is due: its delay, then the time of the wall clock, then the end of the quiet hours (PLN-4).

use super::model::{Plan, Schedule};
use crate::clock::Millis;
use crate::job::schedule::CronSchedule;
use crate::policy::QuietHours;

/// `HH:MM` as hours and minutes.
pub(super) fn wall_time(text: &str) -> Option<(u8, u8)> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str, below: u8| {
        let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten().filter(|number| *number < below)
    };
    Some((number(hour, 24)?, number(minute, 60)?))
}

impl Plan {
    /// When what is scheduled so is due for a contact that comes now.
    pub(super) fn due(&self, schedule: &Schedule, now: Millis) -> Millis {
        let delayed = now.saturating_add(schedule.delay.unwrap_or_default().millis());
        let at = schedule.at.as_deref().and_then(|at| next_at(at, &self.timezone, delayed)).unwrap_or(delayed);
        self.outside_quiet_hours(at)
    }

    /// The moment itself, or the end of the quiet hours that it falls into.
    pub fn outside_quiet_hours(&self, at: Millis) -> Millis {
        self.quiet_hours.as_ref().map_or(at, |quiet| {
            let (start, end) = (quiet.start.clone(), quiet.end.clone());
            QuietHours { start, end, weekdays: Vec::new(), holidays: Vec::new() }.earliest(at, &self.timezone)
        })
    }
}

/// When the wall clock shows a time, from a moment on. What it skips is the first moment after the gap; what it shows twice,
/// the first.
fn next_at(time: &str, zone: &str, from: Millis) -> Option<Millis> {
    let (hour, minute) = wall_time(time)?;
    CronSchedule::parse(&format!("{minute} {hour} * * *"), zone).ok()?.next_after(from - 1)
}
