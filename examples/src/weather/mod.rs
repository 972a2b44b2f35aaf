//! An agent that tells the weather: a function that asks another service while the caller waits, and one that SignalWire
//! runs by itself.

mod client;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::HttpMethod;
use swaig::swml::ai::{DataMap, Fillers, ForEach, FunctionDefinition, Language, Output, Prompt, Webhook};
use swaig::{
    Agent, AgentDefinition, Call, DataMapFunction, Effect, Function, FunctionError, Reply, Setup, SetupError,
    async_trait,
};
use url::Url;

pub use client::{ClientError, Place, Units, Weather, WeatherClient, WeatherError};

const API_URL: &str = "WEATHER_API_URL";

/// Tells the present weather at a place.
pub struct CurrentWeather {
    /// The service that knows it.
    pub client: Arc<WeatherClient>,
}

/// The arguments of [`CurrentWeather`].
#[derive(Deserialize, JsonSchema)]
pub struct CurrentWeatherArgs {
    /// The latitude of the place in degrees, north is positive.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: f64,
    /// The longitude of the place in degrees, east is positive.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: f64,
    /// The units that the caller is used to.
    #[serde(default)]
    pub units: Units,
}

#[async_trait]
impl Function for CurrentWeather {
    const NAME: &'static str = "current_weather";
    const DESCRIPTION: &'static str = "Look up the temperature and the wind at a place, right now";
    // It only reads.
    const EFFECT: Effect = Effect::None;
    const SETTINGS: &'static [(&'static str, &'static str)] =
        &[(API_URL, "scheme://host[:port] in place of https://api.open-meteo.com")];
    type Args = CurrentWeatherArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        // Another function that asks for it gets the same client, with its open connections.
        let client = setup.shared(|setup| {
            let client = match setup.parse::<Url>(API_URL)? {
                Some(base) => WeatherClient::new(base),
                None => WeatherClient::open_meteo(),
            };
            client.map_err(|error| match error {
                ClientError::Base => SetupError::invalid(API_URL, &error),
                other => SetupError::failed("cannot make the client of the weather service", other),
            })
        })?;
        Ok(Self { client })
    }

    async fn call(&self, args: CurrentWeatherArgs, call: &Call) -> Result<Reply, FunctionError> {
        let place = Place { latitude: args.latitude, longitude: args.longitude };
        let weather = self.client.current(place, args.units, call.remaining()).await.map_err(failure)?;
        Ok(Reply::text(in_words(weather, args.units)))
    }

    fn describe(definition: FunctionDefinition) -> FunctionDefinition {
        definition.fillers(Fillers::new().language("en-US", ["Let me look outside."]))
    }
}
swaig::register_function!(CurrentWeather);

/// What the model hears. It reads well when spoken: whole numbers, and units as words.
fn in_words(weather: Weather, units: Units) -> String {
    let (temperature, speed) = match units {
        Units::Metric => ("degrees Celsius", "kilometres per hour"),
        Units::Imperial => ("degrees Fahrenheit", "miles per hour"),
    };
    // Adding zero turns -0 into 0.
    let (degrees, wind) = (weather.temperature.round() + 0.0, weather.wind_speed.round() + 0.0);
    format!("It is {degrees} {temperature}, with a wind of {wind} {speed}")
}

/// The sentence that lets the model go on; the cause is for the log.
fn failure(error: WeatherError) -> FunctionError {
    let sentence = match &error {
        WeatherError::Status(429) => {
            "The weather service is busy, so the weather is not known. Apologise, and offer to try again in a minute."
        }
        WeatherError::Status(400..=499) => {
            "The weather service has nothing for this place. Ask the caller for a larger place nearby."
        }
        _ => {
            "The weather service does not answer properly, so the weather is not known. Apologise, and do not guess."
        }
    };
    // Nothing was changed by asking, so a new call may ask again at once.
    FunctionError::new(sentence).caused_by(error)
}

/// What the model has to say to find a place.
#[derive(JsonSchema)]
struct FindPlaceArgs {
    /// The name of the town, without its country.
    #[expect(dead_code, reason = "SignalWire reads it, as ${args.town}")]
    town: String,
}

/// A function without code of its own: SignalWire asks the service and makes the reply.
fn find_place() -> DataMapFunction {
    let places = ForEach::new(
        "results",
        "places",
        "${this.name}, ${this.country}: latitude ${this.latitude}, longitude ${this.longitude}. ",
    );
    let search = Webhook::new(
        "https://geocoding-api.open-meteo.com/v1/search?count=3&format=json&name=${enc:url:args.town}",
    )
    .method(HttpMethod::Get)
    .require_args("town")
    .error_keys("reason")
    .foreach(places.max(3))
    .output(Output::text(
        "Places of this name: ${places}If it is not clear which one is meant, ask. If there is none, ask for a \
         larger town nearby.",
    ));
    let data_map = DataMap::new()
        .webhook(search)
        .output(Output::text("Places cannot be looked up now. Apologise, and do not guess."));
    DataMapFunction::new("find_place", "Find the latitude and the longitude of a town", data_map)
        .arguments::<FindPlaceArgs>()
}

/// Tells callers the weather.
pub struct WeatherAgent;

impl Agent for WeatherAgent {
    const NAME: &'static str = "weather";
    const DESCRIPTION: &'static str = "Gale tells callers the weather, anywhere";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        let prompt = "You are Gale and tell callers the weather. Ask for a town, call find_place for its latitude \
                      and longitude, and then current_weather. Tell the weather in one sentence. If it is not \
                      known, say so.";
        AgentDefinition::new(Prompt::text(prompt).temperature(0.3))
            .language(Language::new("English", "en-US", "elevenlabs.rachel"))
            .hint("weather")
            .function(find_place())
            .function(CurrentWeather::NAME)
    }
}
swaig::register_agent!(WeatherAgent);

#[cfg(test)]
mod tests {
    use swaig::function::Parameters;

    use super::*;

    #[test]
    fn numbers_are_rounded_and_units_are_words() {
        let weather = Weather { temperature: -0.4, wind_speed: 12.6 };
        assert_eq!(
            in_words(weather, Units::Metric),
            "It is 0 degrees Celsius, with a wind of 13 kilometres per hour"
        );
        assert_eq!(
            in_words(weather, Units::Imperial),
            "It is 0 degrees Fahrenheit, with a wind of 13 miles per hour"
        );
    }

    #[test]
    fn a_place_that_is_not_on_earth_is_refused_before_the_function_runs() {
        let parameters = Parameters::of::<CurrentWeatherArgs>().unwrap();
        let check = |latitude: f64, longitude: f64| {
            let arguments = serde_json::json!({"latitude": latitude, "longitude": longitude});
            parameters.parse::<CurrentWeatherArgs>(arguments).map_err(|error| error.to_string())
        };
        assert_eq!(check(-90.0, 180.0).unwrap().units, Units::Metric);
        let error = check(91.0, 0.0).map(drop).unwrap_err();
        assert!(error.contains("\"latitude\" is wrong") && error.contains("between -90 and 90"), "{error}");
        assert!(check(0.0, -180.5).is_err());
    }

    #[test]
    fn an_address_that_cannot_be_one_stops_the_start() {
        for address in
            ["api.open-meteo.com", "ftp://127.0.0.1", "http://127.0.0.1/path", "http://u:p@127.0.0.1"]
        {
            let error = CurrentWeather::build(&Setup::test([(API_URL, address)])).map(drop).unwrap_err();
            assert!(error.to_string().contains("WEATHER_API_URL is not valid"), "{address}: {error}");
        }
    }
}
