use crate::swml::object::{choice, object, union, wrapper};
use crate::swml::{Dyn, Kind, List, Pattern, Seconds};

object! {
    /// The verb `pay`: takes the number of a credit card by keys and hands it to a payment connector.
    ///
    /// The digits go to the connector, not into the script.
    ///
    /// ```
    /// use swaig::swml::{Pay, PayPrompt, PromptAction};
    ///
    /// let pay = Pay::new("https://pay.example.com/connector")
    ///     .charge_amount("20.45")
    ///     .prompt(PayPrompt::new("payment-card-number", [PromptAction::say("Key in the number of your card.")]));
    /// # let _ = pay;
    /// ```
    Pay
    required {
        /// The URL that gets the payment details and carries the payment out.
        payment_connector_url: String where url(),
    }
    optional {
        /// The amount, as a decimal number without a currency.
        charge_amount: String,
        /// The currency, by its ISO 4217 code. Default: `usd`.
        currency: String,
        /// What the payment is for.
        description: String,
        /// How the details are taken. Default: by keys.
        input: PayInput,
        /// The language of the prompts. Default: `en-US`.
        language: String,
        /// How often the caller may try. Default: 1.
        max_attempts: Dyn<i64>,
        /// The shortest postal code. Default: 0.
        min_postal_code_length: Dyn<i64>,
        /// Values of your own for the connector.
        parameters each parameter: List<PayParameter>,
        /// What the caller pays with. Default: a credit card.
        payment_method: PaymentMethod,
        /// Whether to ask for the postal code, or the postal code itself. Default: true.
        postal_code: PostalCode,
        /// What the caller hears at each step.
        prompts each prompt: List<PayPrompt>,
        /// Whether to ask for the security code. Default: true.
        security_code: Dyn<bool>,
        /// The URL that is told when the state of the payment changes.
        status_url: String where url(),
        /// How long to wait for the next digit, in whole seconds. Default: 5.
        timeout: Dyn<Seconds>,
        /// Whether the card may be charged again. Default: reusable.
        token_type: TokenType,
        /// The cards that are taken, separated by spaces: `visa`, `mastercard`, `amex`, `maestro`, `discover`,
        /// `jcb`, `diners-club`. Default: `visa mastercard amex`.
        valid_card_types: String,
        /// The voice of the prompts. Default: `woman`.
        voice: String,
    }
}

object! {
    /// A value of your own for a payment connector.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PayParameter};
    ///
    /// let pay_parameter = PayParameter::new("order", "7");
    /// assert_eq!(Json::from(pay_parameter).to_value(), json!({"name": "order", "value": "7"}));
    /// ```
    PayParameter
    required {
        /// The name.
        name: String,
        /// The value.
        value: String,
    }
}

object! {
    /// What the caller hears at a step of a payment.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PayPrompt, PromptAction};
    ///
    /// let pay_prompt =
    ///     PayPrompt::new("payment-card-number", [PromptAction::say("Your card number, please.")]);
    /// assert_eq!(
    ///     Json::from(pay_prompt).to_value(),
    ///     json!({
    ///         "for": "payment-card-number",
    ///         "actions": [
    ///             {
    ///                 "type": "Say",
    ///                 "phrase": "Your card number, please."
    ///             }
    ///         ]
    ///     })
    /// );
    /// ```
    PayPrompt
    required {
        /// The step: `payment-card-number`, `expiration-date`, `security-code`, `postal-code`,
        /// `payment-processing`, `payment-completed`, `payment-failed` or `payment-canceled`.
        step as "for": String,
        /// What plays.
        actions each action: List<PromptAction>,
    }
    optional {
        /// The attempts at which it plays, separated by spaces, such as `2 3`.
        attempts: String,
        /// The cards for which it plays, separated by spaces.
        card_type: String,
        /// The errors after which it plays, separated by spaces, such as `timeout invalid-card-number`.
        error_type: String,
    }
}

union! {
    /// One thing that a [`PayPrompt`] plays.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PromptAction};
    ///
    /// let prompt_action = PromptAction::say("Please type your card number.");
    /// assert_eq!(
    ///     Json::from(prompt_action).to_value(),
    ///     json!({"type": "Say", "phrase": "Please type your card number."})
    /// );
    /// ```
    PromptAction {
        /// Speech.
        Say(SayPhrase),
        /// A file.
        Play(PlayPhrase),
    }
}

impl PromptAction {
    /// Speaks a text.
    pub fn say(text: impl Into<String>) -> Self {
        Self::Say(SayPhrase::new(text))
    }

    /// Plays the file at a URL.
    pub fn play(url: impl Into<PhraseUrl>) -> Self {
        Self::Play(PlayPhrase::new(url))
    }
}

object! {
    /// Speech in a payment's prompt.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SayPhrase};
    ///
    /// let say_phrase = SayPhrase::new("Please type your card number.");
    /// assert_eq!(
    ///     Json::from(say_phrase).to_value(),
    ///     json!({"type": "Say", "phrase": "Please type your card number."})
    /// );
    /// ```
    SayPhrase
    constant { "type" = "Say" }
    required {
        /// The text.
        phrase: String,
    }
}

object! {
    /// A file in a payment's prompt.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PlayPhrase};
    ///
    /// let play_phrase = PlayPhrase::new("https://example.com/card.mp3");
    /// assert_eq!(
    ///     Json::from(play_phrase).to_value(),
    ///     json!({"type": "Play", "phrase": "https://example.com/card.mp3"})
    /// );
    /// ```
    PlayPhrase
    constant { "type" = "Play" }
    required {
        /// Where it is.
        phrase: PhraseUrl where url(),
    }
}

wrapper! {
    /// The address of a file: `http://…` or `https://…`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, PhraseUrl};
    ///
    /// let phrase_url = PhraseUrl::from("https://example.com/card.mp3");
    /// assert_eq!(Json::from(phrase_url).to_value(), json!("https://example.com/card.mp3"));
    /// ```
    PhraseUrl(String) kind Kind::Text(&WEB_ADDRESS)
}

const WEB_ADDRESS: Pattern = Pattern::new("a web address", &["https://example.com/a.mp3"], |text| {
    text.starts_with("http://") || text.starts_with("https://")
});

impl<T: Into<String>> From<T> for PhraseUrl {
    fn from(url: T) -> Self {
        Self(url.into())
    }
}

union! {
    /// Whether to ask for the postal code, or the postal code itself.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Pay, PostalCode};
    ///
    /// let pay = Pay::new("https://example.com/pay").postal_code(PostalCode::from("4000"));
    /// assert_eq!(
    ///     Json::from(pay).to_value(),
    ///     json!({"payment_connector_url": "https://example.com/pay", "postal_code": "4000"})
    /// );
    /// ```
    PostalCode {
        /// Whether to ask.
        Ask(bool),
        /// It is known.
        Known(String),
    }
}

impl From<&str> for PostalCode {
    fn from(code: &str) -> Self {
        Self::Known(code.to_owned())
    }
}

choice! {
    /// How payment details are taken.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Pay, PayInput};
    ///
    /// let pay = Pay::new("https://example.com/pay").input(PayInput::Dtmf);
    /// assert_eq!(
    ///     Json::from(pay).to_value(),
    ///     json!({"payment_connector_url": "https://example.com/pay", "input": "dtmf"})
    /// );
    /// ```
    PayInput {
        /// By keys.
        Dtmf = "dtmf",
    }
}

choice! {
    /// What a caller pays with.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Pay, PaymentMethod};
    ///
    /// let pay = Pay::new("https://example.com/pay").payment_method(PaymentMethod::CreditCard);
    /// assert_eq!(
    ///     Json::from(pay).to_value(),
    ///     json!({"payment_connector_url": "https://example.com/pay", "payment_method": "credit-card"})
    /// );
    /// ```
    PaymentMethod {
        /// A credit card.
        CreditCard = "credit-card",
    }
}

choice! {
    /// Whether a card may be charged again.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Pay, TokenType};
    ///
    /// let pay = Pay::new("https://example.com/pay").token_type(TokenType::OneTime);
    /// assert_eq!(
    ///     Json::from(pay).to_value(),
    ///     json!({"payment_connector_url": "https://example.com/pay", "token_type": "one-time"})
    /// );
    /// ```
    TokenType {
        /// Once.
        OneTime = "one-time",
        /// Again and again.
        Reusable = "reusable",
    }
}
