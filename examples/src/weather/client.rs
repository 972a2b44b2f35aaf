//! A client of Open-Meteo's forecast API, or of what answers like it.
//!
//! What every client that a function uses needs: a time limit below the webhook's, a limit on what is read, a look at the
//! status before the body, errors that are told apart, and a breaker for when the service is down.

use std::time::Duration;

use reqwest::{Response, redirect};
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::http::tls;
use swaig::{Breaker, BreakerOpen};
use url::Url;

/// The longest that a request may take, reading the reply included. The webhook has 8 s.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The most that is read of a reply, in bytes. One has about 400.
const BODY_LIMIT: usize = 64 * 1024;

/// A point on earth.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

/// What people measure with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Units {
    /// Degrees Celsius and kilometres per hour.
    #[default]
    Metric,
    /// Degrees Fahrenheit and miles per hour.
    Imperial,
}

/// The weather at a place, in the units that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Weather {
    /// Two metres above the ground.
    #[serde(rename = "temperature_2m")]
    pub temperature: f64,
    /// Ten metres above the ground.
    #[serde(rename = "wind_speed_10m")]
    pub wind_speed: f64,
}

/// A reply of the service; what is not used is not read.
#[derive(Deserialize)]
struct Forecast {
    current: Weather,
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is something else than scheme, host and port.
    #[error("expected http(s)://host[:port], without path, query, user or password")]
    Base,
    /// TLS cannot be set up: most likely the machine has no root certificates.
    #[error("cannot set up TLS (are root certificates installed?)")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be made.
    #[error("cannot set up the HTTP client")]
    Http(#[from] reqwest::Error),
}

/// Why the weather is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeatherError {
    /// No answer, or one that broke off.
    #[error("the weather service cannot be reached")]
    Transport(#[source] reqwest::Error),
    /// An answer with another status than 200.
    #[error("the weather service answered with the status {0}")]
    Status(u16),
    /// A body that is longer than any forecast.
    #[error("the weather service's reply is longer than {BODY_LIMIT} bytes")]
    TooLarge,
    /// A body that is no forecast.
    #[error("the weather service's reply cannot be understood")]
    Decode(#[source] serde_json::Error),
    /// It has failed again and again, so it was not asked.
    #[error(transparent)]
    Open(#[from] BreakerOpen),
}

impl WeatherError {
    /// Without the address: it says where the caller is, or means to go.
    fn transport(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url())
    }

    /// Whether the service failed, and not the request.
    fn is_failure(&self) -> bool {
        !matches!(self, Self::Status(400..=428 | 430..=499))
    }
}

/// The client. It keeps its connections for the next request.
pub struct WeatherClient {
    http: reqwest::Client,
    base: Url,
    breaker: Breaker,
}

impl WeatherClient {
    /// A client of <https://open-meteo.com>, which asks for no key.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn open_meteo() -> Result<Self, ClientError> {
        Self::new(Url::parse("https://api.open-meteo.com").map_err(|_| ClientError::Base)?)
    }

    /// A client of the service at `base`, which is `scheme://host[:port]`.
    ///
    /// # Errors
    /// The address cannot be used, or TLS cannot be set up.
    pub fn new(base: Url) -> Result<Self, ClientError> {
        let plain = base.has_host()
            && matches!(base.path(), "" | "/")
            && base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        let tls = match base.scheme() {
            "https" if plain => tls::platform()?,
            // A plain address needs no certificates, and a machine may have none.
            "http" if plain => tls::none()?,
            _ => return Err(ClientError::Base),
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .build()?;
        Ok(Self { http, base, breaker: Breaker::new("weather") })
    }

    /// Asks for the weather. It takes 5 seconds at most, and no longer than `remaining`.
    ///
    /// # Errors
    /// A [`WeatherError`].
    pub async fn current(
        &self,
        place: Place,
        units: Units,
        remaining: Duration,
    ) -> Result<Weather, WeatherError> {
        self.breaker.run(self.ask(place, units, remaining), WeatherError::is_failure).await
    }

    async fn ask(&self, place: Place, units: Units, remaining: Duration) -> Result<Weather, WeatherError> {
        let request = self.http.get(self.address(place, units)).timeout(TIMEOUT.min(remaining));
        let response = request.send().await.map_err(WeatherError::transport)?;
        // First the status: the body of an error may be a page of HTML.
        if response.status() != 200 {
            return Err(WeatherError::Status(response.status().as_u16()));
        }
        let forecast: Forecast =
            serde_json::from_slice(&read(response).await?).map_err(WeatherError::Decode)?;
        Ok(forecast.current)
    }

    fn address(&self, place: Place, units: Units) -> Url {
        let mut url = self.base.clone();
        url.set_path("/v1/forecast");
        let mut query = url.query_pairs_mut();
        query
            .append_pair("latitude", &place.latitude.to_string())
            .append_pair("longitude", &place.longitude.to_string())
            .append_pair("current", "temperature_2m,wind_speed_10m");
        if units == Units::Imperial {
            query.append_pair("temperature_unit", "fahrenheit").append_pair("wind_speed_unit", "mph");
        }
        drop(query);
        url
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, WeatherError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(WeatherError::transport)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(WeatherError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
