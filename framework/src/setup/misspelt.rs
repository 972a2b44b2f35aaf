//! Settings that nothing reads: most likely misspelt.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::Settings;
use crate::function::FunctionRegistration;

/// How many letters a misspelt name may be away from the right one.
const FAR: usize = 2;

impl Settings {
    /// What is set and read by nothing: a sentence each. In the file that is every such name; in the environment, which is
    /// full of others' names, only one that is almost a name of ours.
    pub(crate) fn misspelt(&self) -> Vec<String> {
        let mut known = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let functions = inventory::iter::<FunctionRegistration>().flat_map(|function| function.settings);
        known.extend(functions.map(|(name, _)| (*name).to_owned()));
        let mut sentences = Vec::new();
        for name in self.unknown() {
            let meant = match nearest(&name.to_uppercase(), &known) {
                Some(meant) => format!("is {} meant?", meant.to_lowercase()),
                None => "is it misspelt?".to_owned(),
            };
            sentences.push(format!("nothing reads the setting {name} of the settings file: {meant}"));
        }
        for name in self.environment.keys().filter(|name| !known.contains(*name)) {
            if let Some(meant) = nearest(name, &known) {
                sentences.push(format!("nothing reads {name} of the environment: is {meant} meant?"));
            }
        }
        sentences
    }
}

/// The name that is most like this one, if any is.
fn nearest<'a>(name: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    // Short names are like many others.
    let long = known.iter().filter(|other| other.len() > 4 * FAR);
    let distances = long.map(|other| (strsim::osa_distance(name, other), other.as_str()));
    distances.filter(|(distance, _)| *distance <= FAR).min().map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_almost_right_is_told_with_the_right_one() {
        let settings =
            Settings::of([("SWAIG_STOER", "memory:"), ("PATH", "/"), ("SWAIG_LISTEN", "x"), ("PORTS", "1")]);
        for name in ["SWAIG_STORE", "SWAIG_LISTEN", "PORT"] {
            let _ = settings.get(name);
        }
        assert_eq!(
            settings.misspelt(),
            ["nothing reads SWAIG_STOER of the environment: is SWAIG_STORE meant?"]
        );
    }
}
