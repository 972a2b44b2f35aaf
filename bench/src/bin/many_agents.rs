//! A thousand agents with twenty functions each, out of a thousand functions: what does not get slower by being one of many.
//!
//! With `SWAIG_AGENTS=agent_500` it is the same program with one agent.

use std::process::ExitCode;

use swaig::swml::ai::Prompt;
use swaig::{
    Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait,
};

/// The letters of a number from 0 to 999.
#[expect(clippy::cast_possible_truncation, reason = "each is below ten")]
const fn digits(number: usize) -> [u8; 3] {
    [b'0' + (number / 100 % 10) as u8, b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("digits are text"),
    }
}

/// The agent of a number.
struct Many<const N: usize>;
/// The function of a number.
struct One<const N: usize>;

impl<const N: usize> Many<N> {
    const LETTERS: [u8; 9] = {
        let [a, b, c] = digits(N);
        [b'a', b'g', b'e', b'n', b't', b'_', a, b, c]
    };
}

impl<const N: usize> One<N> {
    const LETTERS: [u8; 12] = {
        let [a, b, c] = digits(N);
        [b'f', b'u', b'n', b'c', b't', b'i', b'o', b'n', b'_', a, b, c]
    };
}

impl<const N: usize> Agent for Many<N> {
    const NAME: &'static str = text(&Self::LETTERS);

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        let definition = AgentDefinition::new(Prompt::text(format!("You are agent {N}.")));
        (0..20).fold(definition, |definition, place| {
            let function = format!("function_{:03}", (N * 20 + place) % 1000);
            definition.function(&*function)
        })
    }
}

#[async_trait]
impl<const N: usize> Function for One<N> {
    const NAME: &'static str = text(&Self::LETTERS);
    const DESCRIPTION: &'static str = "Does what it is for";
    type Args = NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
        Ok(Reply::text("done"))
    }
}

macro_rules! one {
    ($a:literal, $b:literal, $($c:literal)*) => {
        $(
            swaig::register_agent!(Many<{ $a * 100 + $b * 10 + $c }>);
            swaig::register_function!(One<{ $a * 100 + $b * 10 + $c }>);
        )*
    };
}
macro_rules! ten {
    ($a:literal, $($b:literal)*) => { $( one!($a, $b, 0 1 2 3 4 5 6 7 8 9); )* };
}
macro_rules! hundred {
    ($($a:literal)*) => { $( ten!($a, 0 1 2 3 4 5 6 7 8 9); )* };
}
hundred!(0 1 2 3 4 5 6 7 8 9);

fn main() -> ExitCode {
    swaig::main()
}
