//! What is wrong with a request whatever its path: it is refused before anyone looks at who sent it.

use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};

use super::super::response::{Body, refusal};
use super::limits::{HEADERS, PATH_SIZE};

/// The refusal of a request that cannot be taken. `ambiguous` says that a head of this connection had both `Content-Length` and
/// `Transfer-Encoding`.
pub(super) fn screen<B>(request: &Request<B>, ambiguous: bool) -> Option<Response<Body>> {
    let headers = request.headers();
    let http_1 = request.version() <= Version::HTTP_11;
    if http_1 && headers.contains_key(header::TRANSFER_ENCODING) {
        if ambiguous {
            return Some(last(refusal(
                StatusCode::BAD_REQUEST,
                "there are both Content-Length and Transfer-Encoding: send one of them",
            )));
        }
        let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
        let only = codings.next().is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"chunked"));
        if !only || codings.next().is_some() {
            return Some(last(refusal(StatusCode::BAD_REQUEST, "the only Transfer-Encoding is chunked")));
        }
    }
    if http_1 {
        let hosts = headers.get_all(header::HOST).iter().count();
        if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
            return Some(last(refusal(StatusCode::BAD_REQUEST, "there has to be one Host header")));
        }
    }
    if request.method() == Method::CONNECT {
        let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "this server is no proxy");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
        return Some(response);
    }
    let path = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if path > PATH_SIZE {
        return Some(refusal(
            StatusCode::URI_TOO_LONG,
            &format!("the path with its query is longer than {PATH_SIZE} bytes"),
        ));
    }
    if headers.len() > HEADERS {
        return Some(refusal(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            &format!("there are more than {HEADERS} headers"),
        ));
    }
    // Nothing is unpacked, so a small body cannot become a large one.
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| !is(coding, "identity")) {
        let mut response = refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is packed: send it without Content-Encoding",
        );
        response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        return Some(response);
    }
    if headers.get_all(header::EXPECT).iter().any(|expected| !is(expected, "100-continue")) {
        return Some(refusal(
            StatusCode::EXPECTATION_FAILED,
            "the only expectation that is met is 100-continue",
        ));
    }
    None
}

fn is(value: &HeaderValue, expected: &str) -> bool {
    let value = value.as_bytes().trim_ascii();
    value.is_empty() || value.eq_ignore_ascii_case(expected.as_bytes())
}

/// Nothing that follows on the connection can be trusted to be a request.
fn last(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(uri: &str, version: Version, headers: &[(&str, &str)], ambiguous: bool) -> u16 {
        let mut request = Request::builder().method("POST").uri(uri).version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        screen(&request.body(()).unwrap(), ambiguous).map_or(200, |refused| refused.status().as_u16())
    }

    #[test]
    fn each_fault_has_its_status() {
        let host = ("host", "example.com");
        let chunked = ("transfer-encoding", "chunked");
        let table: [(&[(&str, &str)], u16); 12] = [
            (&[host], 200),
            (&[], 400),
            (&[host, host], 400),
            (&[host, chunked], 200),
            (&[host, ("transfer-encoding", "gzip, chunked")], 400),
            (&[host, chunked, chunked], 400),
            (&[host, ("content-encoding", "gzip")], 415),
            (&[host, ("content-encoding", "identity, gzip")], 415),
            (&[host, ("content-encoding", " Identity ")], 200),
            (&[host, ("expect", "100-Continue")], 200),
            (&[host, ("expect", "200-ok")], 417),
            (&[host, ("expect", "")], 200),
        ];
        for (headers, expected) in table {
            assert_eq!(status("/mfa", Version::HTTP_11, headers, false), expected, "{headers:?}");
        }
        assert_eq!(status("/mfa", Version::HTTP_11, &[host, chunked], true), 400);
        assert_eq!(status("/mfa", Version::HTTP_11, &[host], true), 200, "it had one of them only");
        assert_eq!(status("/mfa", Version::HTTP_10, &[], false), 200, "HTTP/1.0 knew no hosts");
        assert_eq!(status("/mfa", Version::HTTP_2, &[], false), 200, "HTTP/2 has it in the target");
    }

    #[test]
    fn what_is_too_much_is_refused_and_what_just_is_not_is_taken() {
        let path = |length: usize| format!("/{}?{}", "x".repeat(10), "y".repeat(length - 12));
        assert_eq!(status(&path(PATH_SIZE), Version::HTTP_2, &[], false), 200);
        assert_eq!(status(&path(PATH_SIZE + 1), Version::HTTP_2, &[], false), 414);
        let headers = |count: usize| vec![("x-flood", "1"); count];
        assert_eq!(status("/mfa", Version::HTTP_2, &headers(HEADERS), false), 200);
        assert_eq!(status("/mfa", Version::HTTP_2, &headers(HEADERS + 1), false), 431);
    }
}
