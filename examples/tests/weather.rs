//! The weather function against a stand-in of the service, faults included.
#![expect(clippy::unwrap_used, reason = "a test may unwrap what it has just made")]

use std::time::Duration;

use swaig::{Call, Function as _, FunctionError, Reply, Setup};
use swaig_examples::weather::{
    CurrentWeather, CurrentWeatherArgs, Place, Units, WeatherClient, WeatherError,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const FORECAST: &str = r#"{"latitude":52.52,"longitude":13.42,"current":{"interval":900,"temperature_2m":7.6,"wind_speed_10m":11.2}}"#;

/// A service that answers every connection with these bytes, and tells the first line of each request.
async fn stand_in(answer: impl Into<Vec<u8>>) -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (lines, seen) = unbounded_channel();
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok_and(|read| read > 0)
            {
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let _ = lines.send(head.lines().next().unwrap_or_default().to_owned());
            // The client may have gone away: some tests are about that.
            let _ = stream.write_all(&answer).await;
        }
    });
    (url, seen)
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

async fn ask(url: &str, units: Units) -> Result<Reply, FunctionError> {
    let function = CurrentWeather::build(&Setup::test([("WEATHER_API_URL", url)])).unwrap();
    let args = CurrentWeatherArgs { latitude: 52.52, longitude: 13.42, units };
    function.call(args, &Call::test()).await
}

/// What the model hears, and what the log gets.
async fn failure(url: &str) -> (String, String) {
    let error = ask(url, Units::Metric).await.unwrap_err();
    assert!(!error.may_have_had_effect());
    (error.reply().unwrap().spoken().to_owned(), error.cause().unwrap())
}

#[tokio::test]
async fn a_service_that_is_down_is_not_asked_for_long() {
    let (url, mut seen) = stand_in(http("503 Service Unavailable", "")).await;
    let function = CurrentWeather::build(&Setup::test([("WEATHER_API_URL", url)])).unwrap();
    for asked in 1..=8 {
        let args = CurrentWeatherArgs { latitude: 52.52, longitude: 13.42, units: Units::Metric };
        let error = function.call(args, &Call::test()).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("do not guess"));
        // The breaker opens after five failures in a row.
        let cause = error.cause().unwrap();
        assert_eq!(cause.contains("its breaker is open"), asked > 5, "{asked}: {cause}");
    }
    let mut requests = 0;
    while seen.try_recv().is_ok() {
        requests += 1;
    }
    assert_eq!(requests, 5);
}

#[tokio::test]
async fn the_weather_is_asked_for_and_told_in_words() {
    let (url, mut seen) = stand_in(http("200 OK", FORECAST)).await;
    let reply = ask(&url, Units::Metric).await.unwrap();
    assert_eq!(reply.spoken(), "It is 8 degrees Celsius, with a wind of 11 kilometres per hour");
    assert_eq!(
        seen.recv().await.unwrap(),
        "GET /v1/forecast?latitude=52.52&longitude=13.42&current=temperature_2m%2Cwind_speed_10m HTTP/1.1"
    );
    let reply = ask(&url, Units::Imperial).await.unwrap();
    assert_eq!(reply.spoken(), "It is 8 degrees Fahrenheit, with a wind of 11 miles per hour");
    assert!(seen.recv().await.unwrap().contains("&temperature_unit=fahrenheit&wind_speed_unit=mph "));
}

#[tokio::test]
async fn a_status_that_is_not_200_is_an_error_whatever_the_body_says() {
    let table = [
        ("500 Internal Server Error", "does not answer properly"),
        ("429 Too Many Requests", "in a minute"),
        ("400 Bad Request", "a larger place nearby"),
        ("302 Found\r\nlocation: /elsewhere", "does not answer properly"),
        ("204 No Content", "does not answer properly"),
    ];
    for (status, expected) in table {
        let (url, _seen) = stand_in(http(status, FORECAST)).await;
        let (spoken, log) = failure(&url).await;
        assert!(spoken.contains(expected), "{status}: {spoken}");
        assert!(log.contains(&status[..3]), "{log}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_forecast_is_an_error() {
    let cut = &http("200 OK", FORECAST)[..100];
    let table = [
        (http("200 OK", "<html>busy</html>"), "cannot be understood"),
        (http("200 OK", "{}"), "missing field `current`"),
        (http("200 OK", r#"{"current":{"temperature_2m":null,"wind_speed_10m":1}}"#), "cannot be understood"),
        (http("200 OK", &"x".repeat(70_000)), "longer than 65536 bytes"),
        (cut.to_owned(), "cannot be reached"),
        (String::new(), "cannot be reached"),
    ];
    for (answer, expected) in table {
        let (url, _seen) = stand_in(answer.clone()).await;
        let (spoken, log) = failure(&url).await;
        assert!(spoken.contains("do not guess"), "{spoken}");
        assert!(log.contains(expected), "{answer:.80}: {log}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_an_error_and_the_place_is_not_logged() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (spoken, log) = failure(&url).await;
    assert!(spoken.contains("do not guess"), "{spoken}");
    assert!(log.starts_with("the weather service cannot be reached: ") && !log.contains("52.52"), "{log}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_takes_no_longer_than_the_call_has() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = WeatherClient::new(url.parse().unwrap()).unwrap();
    let place = Place { latitude: 0.0, longitude: 0.0 };
    // Nobody accepts: the connection is made by the system, and then nothing comes.
    let error = client.current(place, Units::Metric, Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(&error, WeatherError::Transport(source) if source.is_timeout()), "{error:?}");
    drop(listener);
}
