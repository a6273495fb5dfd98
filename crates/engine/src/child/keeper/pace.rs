//! How many cores a script keeps busy at its busiest.

use std::collections::VecDeque;
use std::time::Duration;

/// Processor time is compared over so long: it is told in ticks of 10 ms for each process, which a shorter time would blow up,
/// and over a longer one a peak would be thinned by the quiet around it.
const WINDOW: Duration = Duration::from_secs(1);

/// The most that was used over any [`WINDOW`].
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When it was looked, since the start, and the processor time used until then; the first is the last one that is a whole
    /// window old.
    looks: VecDeque<(Duration, Duration)>,
    percent: Option<u64>,
}

impl Pace {
    /// The processor time used until a moment; neither ever goes back.
    pub(super) fn note(&mut self, at: Duration, cpu: Duration) {
        if self.looks.is_empty() {
            self.looks.push_back((Duration::ZERO, Duration::ZERO));
        }
        self.looks.push_back((at, cpu));
        while self.looks.get(1).is_some_and(|(then, _)| *then + WINDOW <= at) {
            self.looks.pop_front();
        }
        if let Some((then, used)) = self.looks.front()
            && *then + WINDOW <= at
        {
            self.percent = self.percent.max(Some(percent(cpu.saturating_sub(*used), at - *then)));
        }
    }

    /// At its busiest, where 100 is one core: over all of its time, if that was shorter than the window.
    pub(super) fn peak_percent(&self) -> u64 {
        let whole = || self.looks.back().map(|(at, cpu)| percent(*cpu, *at));
        self.percent.or_else(whole).unwrap_or(0)
    }
}

fn percent(cpu: Duration, time: Duration) -> u64 {
    u64::try_from(cpu.as_micros() * 100 / time.as_micros().max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(looks: &[(u64, u64)]) -> u64 {
        let mut pace = Pace::default();
        for (at, cpu) in looks {
            pace.note(Duration::from_millis(*at), Duration::from_millis(*cpu));
        }
        pace.peak_percent()
    }

    /// A look every 20 ms for so many seconds, using so many percent of a core in each of them.
    fn seconds(percents: &[u64]) -> Vec<(u64, u64)> {
        let mut cpu = 0;
        let looks = (0..percents.len() as u64 * 50).map(|n| {
            cpu += percents[usize::try_from(n / 50).unwrap()] / 5;
            (20 * (n + 1), cpu)
        });
        looks.collect()
    }

    #[test]
    fn a_busy_second_is_not_thinned_by_quiet_ones() {
        assert_eq!(peak(&seconds(&[0, 0, 0, 200, 0, 0, 0, 0, 0, 0])), 200);
        assert_eq!(peak(&seconds(&[50, 100, 50])), 100);
        assert_eq!(peak(&seconds(&[0, 0])), 0);
    }

    #[test]
    fn a_script_shorter_than_the_window_counts_as_a_whole() {
        assert_eq!(peak(&[(20, 10), (300, 150)]), 50);
        assert_eq!(peak(&[]), 0);
    }

    #[test]
    fn looks_far_apart_count_over_the_time_between_them() {
        assert_eq!(peak(&[(10, 0), (4_000, 2_000)]), 50);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut pace = Pace::default();
        for (at, cpu) in seconds(&[100; 60]) {
            pace.note(Duration::from_millis(at), Duration::from_millis(cpu));
        }
        assert!(pace.looks.len() <= 52, "{}", pace.looks.len());
    }
}
