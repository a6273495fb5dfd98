//! A batch is worked on in any order and answered in its own.

use futures::{StreamExt, stream};

use crate::Outcome;

/// Works on at most `concurrency` items at the same time, and answers in the order of the items.
///
/// A slow one does not hold up those behind it, as an ordered buffer would.
pub(crate) async fn concurrently<T, F>(
    items: impl IntoIterator<Item = T>,
    concurrency: usize,
    work: impl Fn(T) -> F,
) -> Vec<Outcome>
where
    F: Future<Output = Outcome>,
{
    let numbered = items.into_iter().enumerate().map(|(place, item)| {
        let outcome = work(item);
        async move { (place, outcome.await) }
    });
    let mut outcomes: Vec<_> = stream::iter(numbered).buffer_unordered(concurrency.max(1)).collect().await;
    outcomes.sort_unstable_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
