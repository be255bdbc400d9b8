//! One error type with a public and an internal side.
//!
//! The public side (`code`, `message`, `fields`) is what a client may see, in the words of the Salesforce REST API.
//! The internal side is for the log of the operator and never leaves the machine.

use std::fmt;

pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $text:literal, $status:literal; )*) => {
        /// The error codes of the Salesforce REST API, with the HTTP status each one travels under.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $( $(#[$doc])* $variant, )* }

        impl ErrorCode {
            /// Every code, for documentation and tests.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The code as it stands on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(ErrorCode::$variant => $text,)* } }

            /// The HTTP status of a reply that carries this code.
            pub const fn http_status(self) -> u16 { match self { $(ErrorCode::$variant => $status,)* } }
        }
    };
}

codes! {
    MalformedQuery = "MALFORMED_QUERY", 400;
    MalformedSearch = "MALFORMED_SEARCH", 400;
    InvalidField = "INVALID_FIELD", 400;
    InvalidType = "INVALID_TYPE", 400;
    InvalidQueryFilterOperator = "INVALID_QUERY_FILTER_OPERATOR", 400;
    InvalidQueryLocator = "INVALID_QUERY_LOCATOR", 400;
    NumberOutsideValidRange = "NUMBER_OUTSIDE_VALID_RANGE", 400;
    FunctionalityNotEnabled = "FUNCTIONALITY_NOT_ENABLED", 400;
    QueryTooComplicated = "QUERY_TOO_COMPLICATED", 400;
    QueryTimeout = "QUERY_TIMEOUT", 400;
    RequiredFieldMissing = "REQUIRED_FIELD_MISSING", 400;
    InvalidFieldForInsertUpdate = "INVALID_FIELD_FOR_INSERT_UPDATE", 400;
    StringTooLong = "STRING_TOO_LONG", 400;
    InvalidOrNullForRestrictedPicklist = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400;
    FieldIntegrityException = "FIELD_INTEGRITY_EXCEPTION", 400;
    FieldCustomValidationException = "FIELD_CUSTOM_VALIDATION_EXCEPTION", 400;
    DuplicateValue = "DUPLICATE_VALUE", 400;
    DuplicateDeveloperName = "DUPLICATE_DEVELOPER_NAME", 400;
    DuplicatesDetected = "DUPLICATES_DETECTED", 400;
    DuplicateExternalId = "DUPLICATE_EXTERNAL_ID", 400;
    CannotUpdateConvertedLead = "CANNOT_UPDATE_CONVERTED_LEAD", 400;
    InvalidStatus = "INVALID_STATUS", 400;
    MalformedId = "MALFORMED_ID", 400;
    InvalidCrossReferenceKey = "INVALID_CROSS_REFERENCE_KEY", 400;
    InvalidEmailAddress = "INVALID_EMAIL_ADDRESS", 400;
    InvalidAccessLevel = "INVALID_ACCESS_LEVEL", 400;
    TransferRequiresRead = "TRANSFER_REQUIRES_READ", 400;
    DeleteFailed = "DELETE_FAILED", 400;
    MissingArgument = "MISSING_ARGUMENT", 400;
    UnableToLockRow = "UNABLE_TO_LOCK_ROW", 400;
    ExceededIdLimit = "EXCEEDED_ID_LIMIT", 400;
    AllOrNoneOperationRolledBack = "ALL_OR_NONE_OPERATION_ROLLED_BACK", 400;
    ProcessingHalted = "PROCESSING_HALTED", 400;
    JsonParserError = "JSON_PARSER_ERROR", 400;
    /// The terms of a bulk job.
    InvalidJob = "INVALIDJOB", 400;
    /// What a bulk job does not take as it stands.
    InvalidJobState = "INVALIDJOBSTATE", 400;
    /// The rows of a bulk job.
    InvalidBatch = "INVALIDBATCH", 400;
    InvalidReplicationDate = "INVALID_REPLICATION_DATE", 400;
    InvalidSessionId = "INVALID_SESSION_ID", 401;
    InvalidLogin = "INVALID_LOGIN", 401;
    InsufficientAccessOrReadonly = "INSUFFICIENT_ACCESS_OR_READONLY", 403;
    RequestLimitExceeded = "REQUEST_LIMIT_EXCEEDED", 403;
    ApiDisabledForOrg = "API_DISABLED_FOR_ORG", 403;
    NotFound = "NOT_FOUND", 404;
    EntityIsDeleted = "ENTITY_IS_DELETED", 404;
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405;
    ExceededMaxSizeRequest = "EXCEEDED_MAX_SIZE_REQUEST", 413;
    PreconditionFailed = "PRECONDITION_FAILED", 412;
    UriTooLong = "URI_TOO_LONG", 414;
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415;
    TooManyRequests = "REQUEST_RATE_EXCEEDED", 429;
    /// Something of ours broke. The message carries a reference, the cause stays in the log.
    UnknownException = "UNKNOWN_EXCEPTION", 500;
    NotImplemented = "NOT_IMPLEMENTED", 501;
    ServerUnavailable = "SERVER_UNAVAILABLE", 503;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong: for the client in `code`, `message` and `fields`; for the operator's log in `internal`.
#[derive(Debug)]
pub struct Error {
    code: ErrorCode,
    message: String,
    fields: Vec<String>,
    internal: Option<String>,
}

impl Error {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: Vec::new(), internal: None }
    }

    /// A failure of ours or of the machine. `internal` goes to the log; the client is told nothing of it.
    pub fn internal(internal: impl fmt::Display) -> Self {
        Self {
            code: ErrorCode::UnknownException,
            message: "An unexpected error occurred. It was logged; please try again or tell your administrator.".into(),
            fields: Vec::new(),
            internal: Some(internal.to_string()),
        }
    }

    /// The store cannot answer now (sealed org, no connection, full disk). `internal` goes to the log.
    pub fn unavailable(message: impl Into<String>, internal: impl fmt::Display) -> Self {
        Self {
            code: ErrorCode::ServerUnavailable,
            message: message.into(),
            fields: Vec::new(),
            internal: Some(internal.to_string()),
        }
    }

    /// A record, object or page that is not there, or that the asker may not know of: both answer alike.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "The requested resource does not exist")
    }

    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.fields.push(field.into());
        self
    }

    #[must_use]
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = String>) -> Self {
        self.fields.extend(fields);
        self
    }

    #[must_use]
    pub fn with_internal(mut self, internal: impl fmt::Display) -> Self {
        self.internal = Some(internal.to_string());
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.code
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// API names of the fields the error speaks of.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// For the operator's log alone.
    pub fn internal_cause(&self) -> Option<&str> {
        self.internal.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
