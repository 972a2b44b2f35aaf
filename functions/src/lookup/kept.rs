//! Answers of the directory, kept for a day in memory: a caller who calls again costs nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use swaig::PhoneNumber;

use super::NumberFacts;
use crate::counting::DAY;

/// The most numbers that are kept; beyond it the oldest is forgotten.
const MOST: usize = 10_000;

/// The answers, the oldest first.
#[derive(Default)]
pub(super) struct Kept(Mutex<Answers>);

#[derive(Default)]
struct Answers {
    of: HashMap<PhoneNumber, (Instant, Arc<NumberFacts>)>,
    order: VecDeque<(Instant, PhoneNumber)>,
}

impl Kept {
    pub(super) fn get(&self, number: &PhoneNumber) -> Option<Arc<NumberFacts>> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, facts) = answers.of.get(number)?;
        (at.elapsed() < DAY).then(|| facts.clone())
    }

    pub(super) fn put(&self, number: &PhoneNumber, facts: &Arc<NumberFacts>) {
        self.put_at(number, facts, Instant::now());
    }

    fn put_at(&self, number: &PhoneNumber, facts: &Arc<NumberFacts>, now: Instant) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Answers { of, order } = &mut *answers;
        while order.len() >= MOST || order.front().is_some_and(|(at, _)| now.duration_since(*at) >= DAY) {
            let Some((at, oldest)) = order.pop_front() else { break };
            // One that was asked for again stands further behind.
            if of.get(&oldest).is_some_and(|(kept, _)| *kept == at) {
                of.remove(&oldest);
            }
        }
        of.insert(number.clone(), (now, facts.clone()));
        order.push_back((now, number.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(last: usize) -> PhoneNumber {
        PhoneNumber::parse(&format!("+1555{last:07}")).unwrap()
    }

    #[test]
    fn an_answer_is_forgotten_after_a_day_and_when_there_are_too_many() {
        let (kept, facts) = (Kept::default(), Arc::new(NumberFacts::default()));
        let now = Instant::now();
        for last in 0..=MOST {
            kept.put_at(&number(last), &facts, now);
        }
        assert!(kept.get(&number(0)).is_none() && kept.get(&number(1)).is_some());
        kept.put_at(&number(0), &facts, now + DAY);
        let answers = kept.0.lock().unwrap();
        assert_eq!((answers.of.len(), answers.order.len()), (1, 1));
    }
}
