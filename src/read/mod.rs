//! *What is in the dump?* Files, folders and pipes to records, whatever they are packed in.
//!
//! Reading goes in two steps. The first is serial and cheap: [`Reader`] finds where records begin and end, and hands them out in [`RawBatch`]es. The second, taking a
//! record apart ([`SourceFile::read`]), is left to as many threads as there are. Bad records are no errors: each is a [`BadRecord`] with its reason.

mod archive;
mod bad;
mod boundary;
mod decompress;
mod encoding;
mod field;
mod file;
mod format;
mod gzip;
mod html;
mod http;
mod input;
mod json;
mod reader;
mod records;
mod rows;
mod spare;

pub use bad::{BadReason, BadRecord};
pub(crate) use decompress::decompressed;
pub use decompress::{PACKED_EXTENSIONS, is_packed, unpacked_name};
pub use field::{FieldPath, FieldPathError, Fields, LanguageField};
pub use file::SourceFile;
pub(crate) use format::text_of_json;
pub use format::{
    Articles, AskedFormat, COLUMNS, CsvField, FieldText, Format, Header, Record, TEXT_COLUMN, Table, TextField, To, Values,
    row_as_json,
};
pub use html::HtmlText;
pub use input::{Input, Selection, SelectionError, Source, collect_inputs, listed_paths};
pub(crate) use json::{decode, raw_places};
pub use reader::{BatchSize, Block, HowToRead, RawBatch, Reader};
pub use records::RawRecord;
pub use spare::BlockBytes;

/// No record may be larger than this, whatever `--max-record` says: spans are counted in 32 bits.
pub const MAX_RECORD_LIMIT: u64 = u32::MAX as u64;
