//! How many connections may be open to a relay, which may change while they are at work.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

/// The right to so many connections at once.
pub(super) struct Places {
    free: Arc<Semaphore>,
    /// How many there are in all.
    most: Mutex<usize>,
}

impl Places {
    /// So many, at least one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { free: Arc::new(Semaphore::new(most)), most: Mutex::new(most) }
    }

    /// Where to wait for one.
    pub(super) fn free(&self) -> &Arc<Semaphore> {
        &self.free
    }

    /// From now on there are so many, at least one. What is taken away is taken as it becomes free, before anybody else who
    /// waits gets it.
    pub(super) fn allow(&self, most: usize) {
        let mut now = self.most.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *now, most.max(1));
        if *now >= before {
            return self.free.add_permits(*now - before);
        }
        let owed = before - *now - self.free.forget_permits(before - *now);
        if let Ok(owed) = u32::try_from(owed)
            && owed > 0
        {
            let free = Arc::clone(&self.free);
            tokio::spawn(async move {
                if let Ok(places) = free.acquire_many_owned(owed).await {
                    places.forget();
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_come_and_go_while_they_are_used() {
        let places = Places::new(3);
        let free = Arc::clone(places.free());
        let held = free.clone().acquire_many_owned(3).await.unwrap();
        places.allow(1);
        tokio::task::yield_now().await;
        drop(held);
        tokio::task::yield_now().await;
        assert_eq!(free.available_permits(), 1, "two were taken away as they became free");
        places.allow(4);
        assert_eq!(free.available_permits(), 4);
        places.allow(0);
        assert_eq!(free.available_permits(), 1, "one is always left");
    }
}
