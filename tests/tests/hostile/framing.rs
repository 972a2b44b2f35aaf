//! Where a request ends: lengths, chunks, and requests hidden in other requests.

use crate::row::{BAD, Row, Target, call, check};

const ENDED: &[&[u16]] = &[&[400], &[]];

#[tokio::test]
async fn a_request_that_says_twice_where_it_ends_is_refused() {
    let target = Target::start().await;
    let hidden = target.call("");
    let length = format!("Content-Length: {}\r\n", hidden.len() + 5);
    let post = |headers: &str, body: &str| target.head("POST /mfa/swaig", headers) + body;
    let chunked = "Transfer-Encoding: chunked\r\n";
    let chunk = |body: &str| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let body = call().to_string();
    let kept = |request: String| request.replacen("Connection: close\r\n", "", 1);
    let rows = vec![
        Row::new(
            "a length, then chunks",
            post(&format!("Content-Length: 9\r\n{chunked}"), &chunk(&body)),
            BAD,
        ),
        Row::new(
            "chunks, then a length",
            post(&format!("{chunked}Content-Length: 9\r\n"), &chunk(&body)),
            BAD,
        ),
        Row::new(
            "both, and the connection is to be kept",
            kept(post(&format!("{chunked}Content-Length: 9\r\n"), &chunk(&body))),
            BAD,
        ),
        Row::new(
            "a request hidden behind the chunks",
            post(&format!("{length}{chunked}"), &format!("0\r\n\r\n{hidden}")),
            BAD,
        ),
        Row::new(
            "a request hidden in a chunk",
            post(&format!("{chunked}Content-Length: 4\r\n"), &chunk(&hidden)),
            BAD,
        ),
        Row::new(
            "both, apart and in odd letters",
            post(
                &format!(
                    "content-LENGTH: 9\r\nX-A: 1\r\nX-B: {}\r\ntransfer-ENCODING: Chunked\r\n",
                    "y".repeat(9_000)
                ),
                &chunk(&body),
            ),
            BAD,
        ),
        Row::new(
            "both, with bare line feeds",
            post(&format!("Content-Length: 9\r\n{chunked}"), "").replace("\r\n", "\n") + &chunk(&body),
            BAD,
        ),
        Row::new(
            "both, in the second request of a connection",
            kept(target.post("/mfa/nobody", "", "{}"))
                + &post(&format!("Content-Length: 9\r\n{chunked}"), &chunk(&body)),
            &[&[404, 400]],
        ),
        Row::new(
            "a request hidden behind a length of 0",
            // `Connection: close` keeps what follows from being a request.
            post("Content-Length: 0\r\n", &hidden),
            &[&[200]],
        ),
        Row::new("two equal lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), &[&[200]]),
        Row::new("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), BAD),
        Row::new("a list of lengths", post("Content-Length: 2, 3\r\n", "{}x"), BAD),
        Row::new("a negative length", post("Content-Length: -1\r\n", "{}"), BAD),
        Row::new("a length with a sign", post("Content-Length: +2\r\n", "{}"), BAD),
        Row::new("a length in another base", post("Content-Length: 0x2\r\n", "{}"), BAD),
        Row::new("a length that is no number", post("Content-Length: two\r\n", "{}"), BAD),
        Row::new("an empty length", post("Content-Length: \r\n", "{}"), BAD),
        Row::new("a length of 65 bits", post("Content-Length: 36893488147419103232\r\n", "{}"), BAD),
        Row::new("a length of 63 bits", post("Content-Length: 9223372036854775807\r\n", "{}"), &[&[413]]),
        Row::new("a space before the colon", post("Transfer-Encoding : chunked\r\n", &chunk(&body)), BAD),
        Row::new("another coding", post("Transfer-Encoding: gzip\r\n", &chunk(&body)), BAD),
        Row::new(
            "another coding before chunked",
            post("Transfer-Encoding: gzip, chunked\r\n", &chunk(&body)),
            BAD,
        ),
        Row::new(
            "chunked before another coding",
            post("Transfer-Encoding: chunked, identity\r\n", &chunk(&body)),
            BAD,
        ),
        Row::new("chunked twice", post(&format!("{chunked}{chunked}"), &chunk(&body)), BAD),
        Row::new("chunked, nearly", post("Transfer-Encoding: xchunked\r\n", &chunk(&body)), BAD),
        Row::new(
            "chunked with a vertical tab",
            post("Transfer-Encoding: \u{b}chunked\r\n", &chunk(&body)),
            BAD,
        ),
        Row::new("chunks in HTTP/1.0", post(chunked, &chunk(&body)).replacen("HTTP/1.1", "HTTP/1.0", 1), BAD),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn broken_chunks_are_refused() {
    let target = Target::start().await;
    let chunks = |body: &str| target.head("POST /mfa/swaig", "Transfer-Encoding: chunked\r\n") + body;
    let many = "1\r\n \r\n".repeat(5_000);
    let rows = vec![
        Row::new("a size that is none", chunks("zz\r\n{}\r\n0\r\n\r\n"), ENDED),
        Row::new("a negative size", chunks("-2\r\n{}\r\n0\r\n\r\n"), ENDED),
        Row::new("no size", chunks("\r\n{}\r\n0\r\n\r\n"), ENDED),
        Row::new("a size of 65 bits", chunks("10000000000000002\r\n{}\r\n0\r\n\r\n"), ENDED),
        Row::new("a size of 64 bits", chunks("ffffffffffffffff\r\n{}\r\n0\r\n\r\n"), ENDED).and_goes(),
        Row::new("a size with a prefix", chunks("0x2\r\n{}\r\n0\r\n\r\n"), ENDED),
        Row::new("more than the size", chunks("2\r\n{}x\r\n0\r\n\r\n"), ENDED),
        Row::new("no end of a chunk", chunks("2\r\n{}0\r\n\r\n"), ENDED),
        Row::new(
            "a huge extension",
            chunks(&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(40_000))),
            ENDED,
        ),
        Row::new(
            "huge trailers",
            chunks(&format!("2\r\n{{}}\r\n0\r\nX: {}\r\n\r\n", "x".repeat(70_000))),
            ENDED,
        ),
        Row::new(
            "many trailers",
            chunks(&format!("2\r\n{{}}\r\n0\r\n{}\r\n", "X: 1\r\n".repeat(5_000))),
            ENDED,
        ),
        Row::new("chunks that end early", chunks("5\r\n{}"), ENDED).and_goes(),
        Row::new("no last chunk", chunks("2\r\n[]\r\n"), ENDED).and_goes(),
        Row::new("chunks of a byte that are no JSON", chunks(&format!("{many}1\r\nx\r\n0\r\n\r\n")), BAD),
        // Extensions and trailers have no meaning here, and do no harm.
        Row::new("an extension", chunks("2;a=\"b\"\r\n{}\r\n0\r\n\r\n"), &[&[200]]),
        Row::new("credentials as a trailer", chunks("2\r\n{}\r\n0\r\nAuthorization: x\r\n\r\n"), &[&[200]]),
    ];
    check(target, rows).await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_order_and_no_further_than_the_last() {
    let target = Target::start().await;
    let kept = |request: String| request.replacen("Connection: close\r\n", "", 1);
    let get = |path: &str| target.head(&format!("GET {path}"), "");
    let refused = kept(get("/mfa").replace(&target.authorization, "Basic eDp5"));
    let rows = vec![
        Row::new(
            "three in a row",
            kept(get("/health")) + &kept(get("/nobody")) + &get("/ready"),
            &[&[200, 404, 200]],
        ),
        Row::new("one behind the last", get("/health") + &target.call(""), &[&[200]]),
        Row::new("one behind a broken one", "BROKEN\r\n\r\n".to_owned() + &target.call(""), BAD),
        Row::new(
            "one behind one without a host",
            kept(get("/health")).replace("Host: x\r\n", "") + &target.call(""),
            BAD,
        ),
        Row::new("a hundred without credentials", refused.repeat(99) + &get("/health"), {
            const MANY: &[u16] = &{
                let mut statuses = [401; 100];
                statuses[99] = 200;
                statuses
            };
            &[MANY]
        }),
        Row::new(
            "a body shorter than its length",
            target.head("POST /mfa/swaig", "Content-Length: 99\r\n") + "{}",
            ENDED,
        )
        .and_goes(),
        Row::new("half a head", &target.call("").as_bytes()[..40], ENDED).and_goes(),
        Row::new("nothing", "", &[&[]]).and_goes(),
        Row::new("line ends only", "\r\n".repeat(50_000), &[&[400], &[431], &[]]).and_goes(),
        Row::new("zeros", vec![0; 100_000], ENDED),
    ];
    check(target, rows).await;
}
