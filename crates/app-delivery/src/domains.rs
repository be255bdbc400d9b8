//! Which domains mail may go to: rules that administrators write, looked at when a schedule is saved and again before
//! each message leaves.

use crate::objects::DOMAIN_RULE;
use crate::services::CONSENT;
use model::{Error, ErrorCode, Result};
use platform::{Hook, HookCtx, HookRow, RecordRow, Service, Unit};

/// The rules of an org.
#[derive(Debug, Default, Clone)]
pub(crate) struct DomainRules {
    allowed: Vec<String>,
    blocked: Vec<String>,
}

const QUERY: &str = "SELECT Pattern, Kind FROM DeliveryDomainRule ORDER BY Pattern";

/// The rules as a save sees them.
pub(crate) fn rules_of(ctx: &mut HookCtx<'_, '_>) -> Result<DomainRules> {
    Ok(DomainRules::read(&ctx.rows(QUERY)?))
}

/// The rules as a transaction sees them.
pub(crate) fn rules_in(unit: &mut Unit<'_, '_>) -> Result<DomainRules> {
    Ok(DomainRules::read(&unit.rows(QUERY)?))
}

impl DomainRules {
    fn read(rows: &[RecordRow]) -> Self {
        let mut rules = Self::default();
        for row in rows {
            let pattern = row.cells[0].value().to_plain();
            let list =
                if row.cells[1].value().as_text() == Some("allow") { &mut rules.allowed } else { &mut rules.blocked };
            list.push(pattern);
        }
        rules
    }

    /// Why nothing may go where a column of a report says.
    pub(crate) fn refusal_of_columns(&self) -> Option<String> {
        let words = "a column of addresses needs a list of allowed domains, because whoever edits that column says where \
                     data goes. Ask an administrator to add domain rules.";
        self.allowed.is_empty().then(|| words.to_owned())
    }

    /// Why nothing may go to an address.
    pub(crate) fn refusal(&self, address: &str) -> Option<String> {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).and_then(ascii_domain);
        let Some(domain) = domain else { return Some(format!("{address} has no domain that mail can go to.")) };
        if let Some(pattern) = self.blocked.iter().find(|pattern| matches(pattern, &domain)) {
            return Some(format!("mail to {domain} is blocked by the domain rule {pattern}."));
        }
        let is_allowed = self.allowed.is_empty() || self.allowed.iter().any(|pattern| matches(pattern, &domain));
        (!is_allowed).then(|| format!("{domain} is not among the allowed domains."))
    }
}

/// `*.example.com` stands for every domain below it and not for itself.
fn matches(pattern: &str, domain: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(suffix) => domain.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => pattern == domain,
    }
}

/// The domain as it is compared: IDNA's ASCII form in small letters, without the root's dot.
pub(crate) fn ascii_domain(text: &str) -> Option<String> {
    match url::Host::parse(text.trim_end_matches('.')).ok()? {
        url::Host::Domain(domain) => Some(domain.trim_end_matches('.').to_ascii_lowercase()),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

/// An address as it is compared: the domain in IDNA's ASCII form, all of it in small letters.
pub(crate) fn folded(address: &str) -> String {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => {
            let domain = ascii_domain(domain).unwrap_or_else(|| domain.to_lowercase());
            format!("{}@{domain}", local.to_lowercase())
        }
        None => address.trim().to_lowercase(),
    }
}

/// Rules and suppressed addresses are kept as they are compared.
pub(crate) struct LimitsHook;

impl Hook for LimitsHook {
    fn objects(&self) -> &'static [&'static str] {
        &[DOMAIN_RULE, crate::objects::SUPPRESSION]
    }

    fn service(&self) -> &'static Service {
        CONSENT
    }

    fn derives(&self) -> &'static [&'static str] {
        &["Pattern", "Address"]
    }

    fn before_save(&self, _ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.object.name() == crate::objects::SUPPRESSION {
            let address = row.get("Address").as_text().map(folded);
            if let Some(address) = address {
                row.set("Address", address);
            }
            return Ok(());
        }
        let Some(pattern) = row.get("Pattern").as_text().map(str::to_owned) else { return Ok(()) };
        let (star, domain) = match pattern.trim().strip_prefix("*.") {
            Some(domain) => ("*.", domain.to_owned()),
            None => ("", pattern.trim().to_owned()),
        };
        let domain = ascii_domain(&domain).filter(|domain| domain.contains('.') && !domain.contains('*'));
        let Some(domain) = domain else {
            let words = "Domain: write a domain, or *. and a domain: example.com, *.example.com.";
            return Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field("Pattern"));
        };
        row.set("Pattern", format!("{star}{domain}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allowed: &[&str], blocked: &[&str]) -> DomainRules {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        DomainRules { allowed: own(allowed), blocked: own(blocked) }
    }

    #[test]
    fn a_domain_is_allowed_when_no_block_meets_it_and_an_allow_list_does() {
        let open = rules(&[], &["evil.example", "*.evil.example"]);
        assert_eq!(open.refusal("a@good.example"), None);
        assert!(open.refusal("a@EVIL.example").is_some());
        assert!(open.refusal("a@x.Evil.example.").is_some());
        assert_eq!(open.refusal("a@notevil.example"), None);
        let closed = rules(&["*.corp.example", "xn--mnchen-3ya.example"], &["hr.corp.example"]);
        assert_eq!(closed.refusal("a@sales.corp.example"), None);
        assert!(closed.refusal("a@corp.example").is_some(), "*. is not the domain itself");
        assert!(closed.refusal("a@hr.corp.example").is_some(), "a block counts more");
        assert_eq!(closed.refusal("a@MÜNCHEN.example"), None);
        assert!(closed.refusal("a@[127.0.0.1]").is_some());
        assert!(rules(&[], &[]).refusal("nobody").is_some());
    }

    #[test]
    fn addresses_are_the_same_however_their_domain_is_written() {
        assert_eq!(folded("Ada@München.example"), "ada@xn--mnchen-3ya.example");
    }
}
