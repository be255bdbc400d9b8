//! What a client may take of the server before it has proven anything.

use std::time::Duration;

/// The bounds of a connection. Each is an error or a closed connection, never a request cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open at once, over all listeners.
    pub connections: usize,
    /// Open at once from one address. This machine's own is not counted: proxies connect from there.
    pub connections_of_one_address: usize,
    /// From the connection to the end of the TLS handshake.
    pub handshake_time: Duration,
    /// For the head of a request; also how long a connection may lie idle between two.
    pub head_time: Duration,
    /// Without a byte of a body that is expected.
    pub body_time: Duration,
    /// Without the client taking a byte of the reply.
    pub write_time: Duration,
    /// Request line and headers together; a request line of 64 kB has room beside the headers.
    pub head_bytes: usize,
    pub headers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            connections_of_one_address: 256,
            handshake_time: Duration::from_secs(10),
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            write_time: Duration::from_secs(60),
            head_bytes: 192 * 1024,
            headers: 100,
        }
    }
}
