//! What carries a message to an address. Which addresses may be reached at all is its affair.

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookReply {
    Answered {
        status: u16,
        /// The header `Retry-After` as it stood there.
        retry_after: Option<String>,
        /// How the answer begins.
        excerpt: String,
    },
    /// No answer, and why.
    Failed(String),
}

/// Carries one message, once: no redirect is followed, nothing is tried again.
pub trait WebhookTransport: Send + Sync {
    fn post(&self, request: &WebhookRequest) -> WebhookReply;
}
