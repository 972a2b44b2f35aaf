//! The recording of a call, heard on the page of its conversation: fetched by the server, so that the page asks nobody else.

use serde_json::json;
use swaig_tests::console::{address, assert_quiet, logged_in};
use swaig_tests::{Employee, PhoneCall, Recorded, StandIn, Will};

const CALLER: &str = "+15551230000";

/// A second of silence: 8,000 samples of 16 bits.
fn wav() -> Vec<u8> {
    let (samples, rate) = (16_000_u32, 8_000_u32);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(samples.to_le_bytes());
    file.resize(44 + samples as usize, 0);
    file
}

/// Where the platform keeps recordings.
fn files(request: &Recorded) -> Will {
    let with = |status, headers: &[(&'static str, &str)], body: Vec<u8>| {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Will::Answer { status, headers, body }
    };
    let file = wav();
    let asks_for =
        |range: &str| request.headers.iter().any(|(name, value)| name == "range" && value == range);
    match request.path.as_str() {
        "/files/moved.wav" => with(302, &[("Location", "/files/whole.wav")], Vec::new()),
        "/files/whole.wav" if asks_for("bytes=40-43") => with(
            206,
            &[("Content-Type", "audio/x-wav"), ("Content-Range", &format!("bytes 40-43/{}", file.len()))],
            file[40..44].to_vec(),
        ),
        "/files/whole.wav" => with(200, &[("Content-Type", "audio/x-wav"), ("Accept-Ranges", "bytes")], file),
        "/files/bytes.wav" => with(200, &[("Content-Type", "application/octet-stream")], file),
        "/files/page.wav" => {
            with(200, &[("Content-Type", "text/html")], b"<script>alert(1)</script>".to_vec())
        }
        "/files/round.wav" => with(302, &[("Location", "/files/round.wav")], Vec::new()),
        _ => with(404, &[("Content-Type", "audio/x-wav")], Vec::new()),
    }
}

/// Reports a call with this recording: the address of its page.
async fn recorded(employee: &Employee, url: &str) -> String {
    let call = PhoneCall::from(employee, CALLER).await;
    let ended = call.end(json!({"SWMLVars": {"record_call_url": url}})).await;
    assert_eq!(ended.status, 200, "{}", ended.text());
    let page = employee.client().get("/console/conversations").await;
    let (_, rest) = page.text().split_once("/console/conversations/").expect("there is one");
    let id: String = rest.chars().take_while(char::is_ascii_digit).collect();
    format!("/conversations/{id}")
}

#[tokio::test]
async fn a_recording_is_fetched_whole_and_in_part() {
    let files = StandIn::start(files).await;
    let employee = Employee::live(&files).await;
    let page = recorded(&employee, &format!("{}/files/moved.wav", files.url())).await;
    let path = format!("/console{page}/recording");
    let client = employee.client();
    let whole = client.get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/x-wav"), "{}", whole.text());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), wav().len().to_string());
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    let range = [("range", "bytes=40-43")];
    let part = client.send("GET", &path, &range, Vec::new()).await;
    assert_eq!((part.status, part.header("content-length")), (206, "4"));
    assert_eq!(part.header("content-range"), format!("bytes 40-43/{}", wav().len()));
    // Neither the account's password nor that of the console goes to where files are kept.
    let names = files.requests().into_iter().flat_map(|request| request.headers).map(|(name, _)| name);
    assert!(names.into_iter().all(|name| !["authorization", "cookie"].contains(&name.as_str())));
    let nobody = employee.client().with(None).get(&path).await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn what_is_no_recording_is_refused() {
    let files = StandIn::start(files).await;
    let employee = Employee::live(&files).await;
    for (file, expected) in [
        ("/files/bytes.wav", "audio"),
        ("/files/page.wav", "with the status 200 is of the type text/html"),
        ("/files/gone.wav", "with the status 404"),
        ("/files/round.wav", "sent on more than 3 times"),
    ] {
        let page = recorded(&employee, &format!("{}{file}", files.url())).await;
        let answer = employee.client().get(&format!("/console{page}/recording")).await;
        if expected == "audio" {
            assert_eq!((answer.status, answer.header("content-type")), (200, "audio/wav"), "{file}");
        } else {
            assert_eq!(answer.status, 502, "{file}");
            assert!(answer.text().contains(expected), "{file}: {}", answer.text());
        }
    }
    // An address inside the network, of a host that no setting names, is not asked.
    let inside = StandIn::start(|_| Will::body(200, "audio/wav", wav())).await;
    let page = recorded(&employee, &format!("{}/secret.wav", inside.url())).await;
    let answer = employee.client().get(&format!("/console{page}/recording")).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("only public addresses may be asked"), "{}", answer.text());
    assert!(inside.requests().is_empty());
    let answer = employee.client().get("/console/conversations/999/recording").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_person_plays_it_on_the_page() {
    let files = StandIn::start(files).await;
    let employee = Employee::live(&files).await;
    let page = recorded(&employee, &format!("{}/files/whole.wav", files.url())).await;
    let Some(mut browser) = logged_in(&employee).await else { return };
    browser.open(&address(&employee, &page)).await;
    assert_eq!(files.requests().len(), 0, "nothing is fetched before somebody listens");
    let length = browser
        .promised(
            "new Promise((heard, failed) => { const it = document.querySelector('audio'); \
             it.onloadedmetadata = () => heard(it.duration); it.onerror = () => failed(it.error.message); it.load(); \
             it.preload = 'metadata'; })",
        )
        .await;
    assert_eq!(length, 1, "a second");
    assert_quiet(&browser, &employee);
}
