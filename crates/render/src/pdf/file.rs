//! The file under a document: objects go out as they are made, and the table of where they stand closes it.

use super::crypt::Cipher;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use model::{Error, Result};
use pdf_writer::{Chunk, Dict, Filter, Name, Ref, Settings, Str, Stream};
use sha2::{Digest, Sha256};
use std::io::Write;

/// Writes objects one by one, without seeking.
pub(super) struct PdfFile<W: Write> {
    out: W,
    /// Where the object of each number starts; none before it is written.
    offsets: Vec<Option<u64>>,
    position: u64,
    /// Of all that was written: the file's identity.
    digest: Sha256,
    /// Of a document under a password, and the number of its description.
    cipher: Option<(Cipher, Ref)>,
}

const fn compact() -> Settings {
    Settings { pretty: false }
}

impl<W: Write> PdfFile<W> {
    /// # Errors
    /// A writer that fails, here and below.
    pub(super) fn begin(out: W, cipher: Option<Cipher>) -> Result<Self> {
        let mut file = Self { out, offsets: Vec::new(), position: 0, digest: Sha256::new(), cipher: None };
        // AES with 256 bits came with 2.0. The bytes behind the comment sign tell transfer programs that this is no text.
        let version = if cipher.is_some() { "2.0" } else { "1.7" };
        file.raw(&[format!("%PDF-{version}\n").as_bytes(), b"%\xe2\xe3\xcf\xd3\n"].concat())?;
        file.cipher = cipher.map(|cipher| (cipher, file.reserve()));
        Ok(file)
    }

    /// A number for an object that is written later.
    pub(super) fn reserve(&mut self) -> Ref {
        self.offsets.push(None);
        Ref::new(i32::try_from(self.offsets.len()).unwrap_or(i32::MAX))
    }

    pub(super) fn object(&mut self, id: Ref, write: impl FnOnce(&mut Chunk)) -> Result<()> {
        let mut chunk = Chunk::with_settings(compact());
        write(&mut chunk);
        self.put(id, &chunk)
    }

    /// A dictionary with what `fill` puts into it.
    pub(super) fn dict(&mut self, id: Ref, fill: impl FnOnce(&mut Dict<'_>)) -> Result<()> {
        self.object(id, |chunk| fill(&mut chunk.indirect(id).dict()))
    }

    /// A stream, compressed here.
    pub(super) fn stream(&mut self, id: Ref, content: &[u8], fill: impl FnOnce(&mut Stream<'_>)) -> Result<()> {
        let mut encoder = ZlibEncoder::new(Vec::with_capacity(content.len() / 2), Compression::default());
        encoder.write_all(content).map_err(Error::internal)?;
        let packed = encoder.finish().map_err(Error::internal)?;
        self.packed_stream(id, &packed, |stream| {
            stream.filter(Filter::FlateDecode);
            fill(stream);
        })
    }

    /// A stream whose content already is what its filter names.
    pub(super) fn packed_stream(&mut self, id: Ref, packed: &[u8], fill: impl FnOnce(&mut Stream<'_>)) -> Result<()> {
        let sealed = self.sealed(packed)?;
        let content = sealed.as_deref().unwrap_or(packed);
        let mut chunk = Chunk::with_settings_and_capacity(compact(), content.len() + 256);
        fill(&mut chunk.stream(id, content));
        self.put(id, &chunk)
    }

    /// The content as it stands in a document under a password; none in one that is open to all.
    fn sealed(&mut self, content: &[u8]) -> Result<Option<Vec<u8>>> {
        self.cipher.as_mut().map(|(cipher, _)| cipher.encrypt(content)).transpose()
    }

    /// A text as it stands in an object: Latin as it is, all else in UTF-16.
    pub(super) fn text(&mut self, text: &str) -> Result<Vec<u8>> {
        let plain = if text.is_ascii() {
            text.as_bytes().to_vec()
        } else {
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
        };
        Ok(self.sealed(&plain)?.unwrap_or(plain))
    }

    /// Closes the file and hands back the writer under it.
    pub(super) fn finish(mut self, catalog: Ref, information: Ref) -> Result<W> {
        let encryption = self.cipher.as_ref().map(|(cipher, id)| {
            let mut chunk = Chunk::with_settings(compact());
            cipher.describe(&mut chunk.indirect(*id).dict());
            (*id, chunk)
        });
        if let Some((id, chunk)) = &encryption {
            self.put(*id, chunk)?;
        }
        let start = self.position;
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1);
        for offset in &self.offsets {
            let offset = offset.ok_or_else(|| Error::internal("an object of a PDF was never written"))?;
            table.push_str(&format!("{offset:010} 00000 n \n"));
        }
        self.raw(table.as_bytes())?;
        let identity = self.digest.clone().finalize();
        let mut chunk = Chunk::with_settings(compact());
        {
            let mut trailer = chunk.indirect(Ref::new(1)).dict();
            trailer.pair(Name(b"Size"), i32::try_from(self.offsets.len() + 1).unwrap_or(i32::MAX));
            trailer.pair(Name(b"Root"), catalog).pair(Name(b"Info"), information);
            if let Some((id, _)) = &encryption {
                trailer.pair(Name(b"Encrypt"), *id);
            }
            trailer.insert(Name(b"ID")).array().items([Str(&identity[..16]), Str(&identity[..16])]);
        }
        // The trailer is a dictionary without a number: what stands between the object's own lines.
        let bytes = chunk.as_bytes();
        let inner = bytes.iter().position(|byte| *byte == b'<').zip(bytes.iter().rposition(|byte| *byte == b'>'));
        let (from, to) = inner.ok_or_else(|| Error::internal("a trailer without a dictionary"))?;
        let trailer = bytes[from..=to].to_vec();
        self.raw(b"trailer\n")?;
        self.raw(&trailer)?;
        self.raw(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes())?;
        self.out.flush().map_err(Error::internal)?;
        Ok(self.out)
    }

    fn put(&mut self, id: Ref, chunk: &Chunk) -> Result<()> {
        let at = usize::try_from(id.get() - 1).map_err(Error::internal)?;
        self.offsets[at] = Some(self.position);
        self.raw(chunk.as_bytes())
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        self.position += bytes.len() as u64;
        self.digest.update(bytes);
        self.out.write_all(bytes).map_err(Error::internal)
    }
}
