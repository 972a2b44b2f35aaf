//! Heads that say twice where their body ends.
//!
//! A request with both `Content-Length` and `Transfer-Encoding` means one thing to one server and another thing to the next;
//! that is how requests are smuggled past a proxy. hyper takes the latter and drops the former before anyone can see it,
//! so the bytes are looked at on their way in.

const LENGTH: &[u8] = b"content-length";
const ENCODING: &[u8] = b"transfer-encoding";

/// Looks for a block of lines (a head ends with an empty line) that has both headers.
///
/// It does not know heads from bodies, so that it cannot be led astray by where a body ends. A body with such lines is no
/// JSON, and what is found matters only for a request that came with `Transfer-Encoding`.
#[derive(Default)]
pub(super) struct Framing {
    /// The start of the line, in lower case: its name as long as no colon came.
    name: Vec<u8>,
    /// The rest of the line does not matter.
    skip: bool,
    length: bool,
    encoding: bool,
}

impl Framing {
    /// Reads on, and says whether such a block was found in these bytes.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> bool {
        let mut found = false;
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.skip {
                let Some(end) = memchr::memchr(b'\n', rest) else { return found };
                rest = rest.get(end + 1..).unwrap_or_default();
                self.skip = false;
                continue;
            }
            rest = after;
            match byte {
                b'\n' => {
                    if matches!(self.name.as_slice(), b"" | b"\r") {
                        (self.length, self.encoding) = (false, false);
                    }
                    self.name.clear();
                }
                b':' => {
                    self.length |= self.name == LENGTH;
                    self.encoding |= self.name == ENCODING;
                    found |= self.length && self.encoding;
                    self.end_name();
                }
                _ if self.may_be_one(byte) => self.name.push(byte.to_ascii_lowercase()),
                _ => self.end_name(),
            }
        }
        found
    }

    /// Whether a line that goes on like this may have one of the two names, or none.
    fn may_be_one(&self, next: u8) -> bool {
        match self.name.len() {
            0 => matches!(next, b'c' | b'C' | b't' | b'T' | b'\r'),
            length => length < ENCODING.len(),
        }
    }

    fn end_name(&mut self) {
        self.name.clear();
        self.skip = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ambiguous(parts: &[&[u8]]) -> bool {
        let mut framing = Framing::default();
        let found: Vec<_> = parts.iter().map(|part| framing.scan(part)).collect();
        found.contains(&true)
    }

    const BOTH: &[u8] =
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTRANSFER-encoding:chunked\r\n\r\n";

    #[test]
    fn both_headers_in_one_head_are_found() {
        let table: [(&[u8], bool); 9] = [
            (BOTH, true),
            (b"GET / HTTP/1.1\ntransfer-encoding: chunked\ncontent-length: 3\n\n", true),
            (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", false),
            (b"POST / HTTP/1.1\r\nContent-Length: 2\r\nX: Transfer-Encoding: chunked\r\n\r\n", false),
            (b"POST / HTTP/1.1\r\nX-Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", false),
            (b"POST / HTTP/1.1\r\nContent-Lengthy: 2\r\nTransfer-Encoding: chunked\r\n\r\n", false),
            (b"POST / HTTP/1.1\r\nTransfer-Encodings: 2\r\nContent-Length: 2\r\n\r\n", false),
            (b"", false),
            (b"\n\r\n:\n::\r\r\n", false),
        ];
        for (bytes, expected) in table {
            assert_eq!(ambiguous(&[bytes]), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_does_not_matter(at in 0..BOTH.len(), then in 0..BOTH.len()) {
            let (first, rest) = BOTH.split_at(at);
            let (second, third) = rest.split_at(then.min(rest.len()));
            prop_assert!(ambiguous(&[first, second, third]));
        }

        #[test]
        fn any_bytes_can_be_scanned(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8),
        ) {
            let whole = parts.concat();
            let parts: Vec<_> = parts.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(ambiguous(&parts), ambiguous(&[&whole]));
        }
    }
}
