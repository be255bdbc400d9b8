//! What happened in the org as objects: who signed in, and what changed in how it is set up. Both are views of what the
//! audit log keeps.

use model::schema::{FieldDef, ObjectDef};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![login_history(), setup_audit_trail()]
}

/// Each attempt to sign in, on every way. What is not known of it is empty.
fn login_history() -> ObjectDef {
    let text = |name: &str, label: &str| FieldDef::text(name, label, 255).system();
    ObjectDef::new("LoginHistory", "Login history", "Login history", "0Ya")
        .log_of(Some("UserId"))
        .listed_by("LoginTime")
        .name_field("Id")
        .field(FieldDef::lookup("UserId", "User", "User").system())
        .field(FieldDef::date_time("LoginTime", "Login time").system())
        .field(text("LoginType", "Login type"))
        .field(text("Status", "Status"))
        .field(text("Application", "Application"))
        .field(text("SourceIp", "Source IP"))
        .field(text("LoginUrl", "Login URL"))
        .field(text("Browser", "Browser"))
        .field(text("Platform", "Platform"))
        .field(text("ApiType", "API type"))
        .field(text("ApiVersion", "API version"))
        .field(text("ClientVersion", "Client version"))
        .field(text("TlsProtocol", "TLS protocol"))
        .field(text("CipherSuite", "TLS cipher suite"))
        .field(text("CountryIso", "Country"))
}

/// Each change of metadata, users and permissions.
fn setup_audit_trail() -> ObjectDef {
    let text = |name: &str, label: &str| FieldDef::text(name, label, 255).system();
    ObjectDef::new("SetupAuditTrail", "Setup audit trail", "Setup audit trail", "0Ym")
        .log_of(None)
        .name_field("Id")
        .field(text("Action", "Action"))
        .field(text("Section", "Section"))
        .field(FieldDef::text_area("Display", "Display", 4_000).system())
        .field(text("DelegateUser", "Delegate user"))
        .field(text("CreatedByContext", "Created by context").help("The service that did it, where no user did."))
        .field(text("CreatedByIssuer", "Created by issuer"))
        .field(text("ResponsibleNamespacePrefix", "Responsible namespace prefix"))
}
