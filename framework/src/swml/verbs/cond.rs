use crate::swml::object::{object, wrapper};
use crate::swml::{List, Section};

wrapper! {
    /// The verb `cond`: runs the steps of the first branch whose condition holds.
    ///
    /// ```
    /// use swaig::swml::{Branch, Cond, Hangup, Transfer};
    ///
    /// let cond = Cond::new([
    ///     Branch::when("call.type == 'sip'", [Transfer::new("sip")]),
    ///     Branch::otherwise([Hangup::new()]),
    /// ]);
    /// assert_eq!(cond.value().len(), 2);
    /// ```
    Cond(List<Branch>)
}

object! {
    /// One branch of a [`Cond`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Branch, Goto, Hangup, Json, Step};
    ///
    /// let branch = Branch::when("vars.tries < 3", [Step::from(Goto::new("again"))])
    ///     .or_else([Step::from(Hangup::new())]);
    /// assert_eq!(
    ///     Json::from(branch).to_value(),
    ///     json!({"when": "vars.tries < 3", "then": [{"goto": {"label": "again"}}], "else": [{"hangup": {}}]})
    /// );
    /// ```
    Branch
    one_of {
        when: String,
        r#else as "else": Section,
    }
    optional {
        /// The steps that run when the condition holds.
        then: Section,
    }
    rules {
        at_least_one ["when" "else"],
        needs ["when" => "then"],
        needs ["then" => "when"],
    }
}

impl Branch {
    /// Steps that run when a JavaScript condition holds, of at most 1024 characters.
    pub fn when(condition: impl Into<String>, then: impl Into<Section>) -> Self {
        Self::empty().put("when", condition.into()).then(then)
    }

    /// Steps that run when no condition before has held.
    pub fn otherwise(steps: impl Into<Section>) -> Self {
        Self::empty().put("else", steps.into())
    }

    /// Steps that run when this branch's own condition does not hold.
    #[must_use]
    pub fn or_else(self, steps: impl Into<Section>) -> Self {
        self.put("else", steps.into())
    }
}
