//! Contents of files outside of rows: staged as their bytes arrive, read chunk by chunk.

use crate::ctx::Ctx;
use crate::org::Org;
use crate::query::QueryOptions;
use model::{Error, ErrorCode, FieldSchema, FieldType, ObjectSchema, RecordId, Result, Value};
use policy::SystemPermission;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use store::{Content, ReadTx, WriteTx};
use zeroize::Zeroizing;

/// The most bytes of an attachment.
const ATTACHMENT_LIMIT: u64 = 25 * 1024 * 1024;
/// The most bytes of a version of a file, unless the org says otherwise.
const FILE_LIMIT: u64 = 100 * 1024 * 1024;
/// The setting that says otherwise.
const FILE_LIMIT_SETTING: &str = "file_limit_bytes";
/// The most that an org can say: describe and clients hold sizes in 31 bits.
const HIGHEST_LIMIT: u64 = 2_000_000_000;

/// Bytes that one transaction takes in while a content is staged: others write in between.
const OF_ONE_TURN: usize = 4 * 1024 * 1024;

/// How long a content that nothing names is kept: whoever staged it may still make the record.
const UNNAMED_MS: i64 = 24 * 3_600_000;

/// Bytes that were taken in and wait for the record of whoever gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedContent {
    id: i64,
    pub size: u64,
    pub checksum: String,
}

impl StagedContent {
    /// What a draft sets the base64 field to.
    pub fn value(&self) -> Value {
        Value::Int(self.id)
    }
}

/// A content that the asker may read, from its beginning. What it reads next it reads when asked; nothing is held in
/// between.
pub struct ContentReader {
    org: Arc<Org>,
    content: Content,
    next: i64,
}

impl fmt::Debug for ContentReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentReader")
            .field("content", &self.content)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl ContentReader {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.content.size
    }

    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// When the content went meanwhile or does not open; what the database reports.
    pub fn chunk(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if self.next >= self.content.chunks {
            return Ok(None);
        }
        let chunk = self.org.store.read(|tx| tx.content_chunk(&self.content, self.next))?;
        self.next += 1;
        Ok(Some(chunk))
    }
}

impl Ctx {
    /// Takes in bytes for a record that is made or changed afterwards, a part at a time and each in a transaction of its
    /// own. They are this user's to use, once and within a day.
    ///
    /// # Errors
    /// `STRING_TOO_LONG` for more than any object takes, what `bytes` and the database report.
    pub fn content_stage(&self, bytes: &mut dyn Read) -> Result<StagedContent> {
        self.user_id().ok_or_else(|| Error::internal("a service stages no contents"))?;
        let (mut writer, limit) = self.org.store.write(|tx| {
            let limit = file_limit(tx)?.max(ATTACHMENT_LIMIT);
            Ok((tx.content_begin()?, limit))
        })?;
        let mut part = Zeroizing::new(Vec::with_capacity(OF_ONE_TURN));
        loop {
            part.clear();
            let mut turn = Read::take(&mut *bytes, OF_ONE_TURN as u64);
            turn.read_to_end(&mut part).map_err(Error::internal)?;
            if part.is_empty() {
                break;
            }
            if writer.size() + part.len() as u64 > limit {
                return Err(Error::new(ErrorCode::StringTooLong, format!("A file has at most {limit} bytes.")));
            }
            self.org.store.write(|tx| tx.content_push(&mut writer, &part))?;
        }
        let content = self.org.store.write(|tx| tx.content_end(writer, Some(&self.identity)))?;
        Ok(StagedContent { id: content.id, size: content.size, checksum: content.checksum })
    }

    /// Opens the bytes in a base64 field of a record.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record, field or content that is not there for the asker.
    pub fn content_open(&self, object: &str, id: RecordId, field: &str) -> Result<ContentReader> {
        let object = self.object(object)?;
        let field = content_field(self, object, field)?;
        if id.prefix() != object.key_prefix() {
            return Err(Error::not_found());
        }
        let text = format!("SELECT {} FROM {} WHERE Id = '{id}'", field.name(), object.name());
        let plan = self.plan(&text, QueryOptions::default())?;
        let options = self.read_options();
        let content = self.org.store.read(|tx| tx.content_shown(&plan, &options))?;
        Ok(ContentReader { org: self.org.clone(), content: content.ok_or_else(Error::not_found)?, next: 0 })
    }

    /// The most bytes of a version of a file.
    ///
    /// # Errors
    /// What the database reports.
    pub fn file_limit(&self) -> Result<u64> {
        self.org.store.read(file_limit)
    }

    /// The most bytes that any file of a request may have, whatever field it is for.
    ///
    /// # Errors
    /// What the database reports.
    pub fn upload_limit(&self) -> Result<u64> {
        Ok(self.file_limit()?.max(ATTACHMENT_LIMIT))
    }

    /// Says how many bytes a version of a file may have. Files that are there stay.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `NUMBER_OUTSIDE_VALID_RANGE`.
    pub fn file_limit_set(&self, bytes: u64) -> Result<()> {
        self.require(SystemPermission::CustomizeApplication)?;
        if bytes == 0 || bytes > HIGHEST_LIMIT {
            let message = format!("A file may have from 1 to {HIGHEST_LIMIT} bytes.");
            return Err(Error::new(ErrorCode::NumberOutsideValidRange, message));
        }
        self.org.store.write(|tx| {
            tx.setting_put(FILE_LIMIT_SETTING, &bytes.to_string())?;
            let detail = serde_json::json!({ "bytes": bytes }).to_string();
            let entry = store::AuditEntry { action: "file_limit_set", object: "ContentVersion", record: None, detail };
            tx.audit(&self.identity, &entry)
        })
    }
}

impl Org {
    /// Removes contents that no record names any more. Returns how many.
    ///
    /// # Errors
    /// What the database reports; what was removed before stays so.
    pub fn contents_sweep(&self) -> Result<u64> {
        let until = self.now().plus_ms(-UNNAMED_MS);
        let mut gone = 0;
        loop {
            match self.store.write(|tx| tx.contents_sweep(until))? {
                0 => return Ok(gone),
                removed => gone += removed,
            }
        }
    }
}

/// The most bytes of a content of an object.
pub(crate) fn limit_of(tx: &mut WriteTx<'_>, object: &ObjectSchema) -> Result<u64> {
    if object.name() == "Attachment" { Ok(ATTACHMENT_LIMIT) } else { file_limit(tx) }
}

fn file_limit(tx: &mut ReadTx<'_>) -> Result<u64> {
    Ok(tx.setting(FILE_LIMIT_SETTING)?.and_then(|text| text.parse().ok()).unwrap_or(FILE_LIMIT))
}

/// A base64 field that the asker may read: any other has no content.
fn content_field<'a>(ctx: &Ctx, object: &'a ObjectSchema, name: &str) -> Result<&'a FieldSchema> {
    object
        .find_field(name)
        .filter(|field| *field.data_type() == FieldType::Base64 && ctx.can_read_field(object.ix, field.ix))
        .ok_or_else(Error::not_found)
}
