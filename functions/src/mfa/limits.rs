//! How many codes may be sent, and how many wrong ones may be tried.

use std::time::Duration;

use swaig::{Call, CallerNumber, Limit, LimitReached, PhoneNumber, Setup, SetupError};

use super::MfaState;
use crate::counting::{DAY, HOUR, count, subject};

/// The names of the limits, as events and metrics have them.
mod name {
    pub(super) const COOL_DOWN: &str = "mfa_cool_down";
    pub(super) const SENDS_CALL: &str = "mfa_sends_per_call";
    pub(super) const SENDS_NUMBER_HOUR: &str = "mfa_sends_per_number_hour";
    pub(super) const SENDS_NUMBER_DAY: &str = "mfa_sends_per_number_day";
    pub(super) const SENDS_CALLER_HOUR: &str = "mfa_sends_per_caller_hour";
    pub(super) const SENDS_CALLER_DAY: &str = "mfa_sends_per_caller_day";
    pub(super) const SENDS_AGENT_HOUR: &str = "mfa_sends_per_agent_hour";
    pub(super) const TRIES_CALL: &str = "mfa_wrong_tries_per_call";
    pub(super) const TRIES_NUMBER_HOUR: &str = "mfa_wrong_tries_per_number_hour";
}

/// The `MFA_…` limits. 0 is no limit. All are counted in the store.
///
/// ```
/// use swaig::Setup;
/// use swaig_functions::mfa::MfaSettings;
///
/// let settings = MfaSettings::from_setup(&Setup::test([("MFA_SENDS_PER_CALL", "2")]))?;
/// assert_eq!(settings.limits.sends_per_call, 2);
/// # Ok::<(), swaig::SetupError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MfaLimits {
    /// `MFA_COOL_DOWN`: how long a code that nobody has tried yet may take to arrive before the call gets another one.
    pub cool_down: Duration,
    /// `MFA_SENDS_PER_CALL`: codes for one call.
    pub sends_per_call: u32,
    /// `MFA_SENDS_PER_NUMBER_HOUR`: codes to one number within an hour.
    pub sends_per_number_hour: u32,
    /// `MFA_SENDS_PER_NUMBER_DAY`: codes to one number within 24 hours.
    pub sends_per_number_day: u32,
    /// `MFA_SENDS_PER_CALLER_HOUR`: codes for one caller within an hour. A caller whose number is not shown has none.
    pub sends_per_caller_hour: u32,
    /// `MFA_SENDS_PER_CALLER_DAY`: codes for one caller within 24 hours.
    pub sends_per_caller_day: u32,
    /// `MFA_SENDS_PER_AGENT_HOUR`: codes of one agent within an hour.
    pub sends_per_agent_hour: u32,
    /// `MFA_WRONG_TRIES_PER_CALL`: wrong codes in one call, over all codes that were sent in it.
    pub wrong_tries_per_call: u32,
    /// `MFA_WRONG_TRIES_PER_NUMBER_HOUR`: wrong codes for one number within an hour, over all calls.
    pub wrong_tries_per_number_hour: u32,
}

impl Default for MfaLimits {
    fn default() -> Self {
        Self {
            cool_down: Duration::from_secs(20),
            sends_per_call: 5,
            sends_per_number_hour: 5,
            sends_per_number_day: 10,
            sends_per_caller_hour: 5,
            sends_per_caller_day: 10,
            sends_per_agent_hour: 300,
            wrong_tries_per_call: 10,
            wrong_tries_per_number_hour: 20,
        }
    }
}

impl MfaLimits {
    pub(super) fn from_setup(setup: &Setup) -> Result<Self, SetupError> {
        let default = Self::default();
        let read = |name, default| count(setup, name, default);
        let cool_down = setup.parse::<Seconds>("MFA_COOL_DOWN")?;
        Ok(Self {
            cool_down: cool_down.map_or(default.cool_down, |Seconds(time)| time),
            sends_per_call: read("MFA_SENDS_PER_CALL", default.sends_per_call)?,
            sends_per_number_hour: read("MFA_SENDS_PER_NUMBER_HOUR", default.sends_per_number_hour)?,
            sends_per_number_day: read("MFA_SENDS_PER_NUMBER_DAY", default.sends_per_number_day)?,
            sends_per_caller_hour: read("MFA_SENDS_PER_CALLER_HOUR", default.sends_per_caller_hour)?,
            sends_per_caller_day: read("MFA_SENDS_PER_CALLER_DAY", default.sends_per_caller_day)?,
            sends_per_agent_hour: read("MFA_SENDS_PER_AGENT_HOUR", default.sends_per_agent_hour)?,
            wrong_tries_per_call: read("MFA_WRONG_TRIES_PER_CALL", default.wrong_tries_per_call)?,
            wrong_tries_per_number_hour: read(
                "MFA_WRONG_TRIES_PER_NUMBER_HOUR",
                default.wrong_tries_per_number_hour,
            )?,
        })
    }

    /// What a code to this number, sent now in this call, counts under.
    pub(super) fn sends(&self, call: &Call, to: &PhoneNumber) -> Vec<Limit> {
        let mut limits = vec![
            self.cool_down(call),
            // No call lasts longer than a day.
            Limit::new(name::SENDS_CALL, self.sends_per_call, DAY).of(&subject(call)),
            Limit::new(name::SENDS_NUMBER_HOUR, self.sends_per_number_hour, HOUR).of_number(to),
            Limit::new(name::SENDS_NUMBER_DAY, self.sends_per_number_day, DAY).of_number(to),
            Limit::new(name::SENDS_AGENT_HOUR, self.sends_per_agent_hour, HOUR).of(call.agent()),
        ];
        let of_caller = [
            Limit::new(name::SENDS_CALLER_HOUR, self.sends_per_caller_hour, HOUR),
            Limit::new(name::SENDS_CALLER_DAY, self.sends_per_caller_day, DAY),
        ];
        match call.caller() {
            CallerNumber::Phone(number) => limits.extend(of_caller.map(|limit| limit.of_number(number))),
            CallerNumber::Sip(address) => limits.extend(of_caller.map(|limit| limit.of(address))),
            // All callers who withhold their number would share one limit, and one of them could use it up.
            CallerNumber::Anonymous => {}
        }
        limits
    }

    /// The time between two codes of a call. It is the call's, whatever numbers and channels they are for.
    pub(super) fn cool_down(&self, call: &Call) -> Limit {
        let most = u32::from(!self.cool_down.is_zero());
        Limit::new(name::COOL_DOWN, most, self.cool_down).of(&subject(call))
    }

    /// What a wrong code counts under.
    pub(super) fn wrong_tries(&self, call: &Call, state: &MfaState) -> Vec<Limit> {
        let of_number = Limit::new(name::TRIES_NUMBER_HOUR, self.wrong_tries_per_number_hour, HOUR);
        vec![self.wrong_tries_of(call), of_number.of(&state.number)]
    }

    /// The wrong codes of a call.
    pub(super) fn wrong_tries_of(&self, call: &Call) -> Limit {
        Limit::new(name::TRIES_CALL, self.wrong_tries_per_call, DAY).of(&subject(call))
    }

    /// What the model hears of a limit that is reached, and what it should do next.
    pub(super) fn sentence(&self, reached: &LimitReached) -> String {
        let wait = reached.wait();
        match reached.name {
            name::COOL_DOWN => format!(
                "A code was sent only a moment ago and may still be on its way. Ask the caller to wait for it; another one can be sent in {wait}."
            ),
            name::SENDS_CALL => {
                let most = self.sends_per_call;
                let sent = if most == 1 { "1 code has".to_owned() } else { format!("{most} codes have") };
                format!(
                    "{sent} been sent in this call already, and no more can be sent. Apologise, and say that verification is not possible on this call."
                )
            }
            name::TRIES_CALL => "Too many wrong codes were given, and there are no more tries on this call. Apologise, and say that verification is not possible on this call.".to_owned(),
            name::TRIES_NUMBER_HOUR => format!(
                "Too many wrong codes were given for this phone number lately, so no code can be checked now. Apologise, and say that verification is possible again in {wait}."
            ),
            name::SENDS_NUMBER_HOUR | name::SENDS_NUMBER_DAY => format!(
                "Too many codes were sent to this phone number lately, so none was sent now. Apologise, and say that another one can be sent in {wait}."
            ),
            name::SENDS_CALLER_HOUR | name::SENDS_CALLER_DAY => format!(
                "Too many codes were sent for this caller lately, so none was sent now. Apologise, and say that another one can be sent in {wait}."
            ),
            _ => format!(
                "Too many codes are being sent just now, so none was sent. Apologise, and say that it is possible again in {wait}."
            ),
        }
    }
}

/// A time, 0 to 3600 seconds.
struct Seconds(Duration);

impl std::str::FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().ok().filter(|seconds| *seconds <= 3600);
        seconds.map(|it| Self(Duration::from_secs(it))).ok_or("expected seconds, 0 (none) to 3600")
    }
}
