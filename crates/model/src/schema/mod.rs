//! Objects, fields and relationships: first as declared ([`ObjectDef`], what packages ship and the org stores), then as
//! one immutable, versioned snapshot with every name resolved ([`OrgSchema`]).

mod build;
mod choices;
mod def;
mod derived;
mod field_def;
mod field_type;
mod files;
mod history;
mod kind;
mod location;
mod mask;
mod retired;
mod sealing;
mod sharing;
mod snapshot;

pub use choices::{
    Dependency, FieldChoices, MASTER_RECORD_TYPE, RecordTypeChoices, ValidWhen, ValueSet, controlling_values,
};
pub use def::{FieldDef, ObjectDef, ValidationRule};
pub use field_type::{
    Blanks, Compound, FieldType, OnDelete, PicklistValue, Reference, RollUp, RollUpFilter, RollUpFunction,
    RollUpOperator,
};
pub use history::{custom_history_name, history_of, lacking_histories};
pub use kind::{AccessDefault, GrantRows, HistoryRows, Member, MemberWhen, Opening, SharingKind, Shown};
pub use location::{MAX_LATITUDE, MAX_LONGITUDE};
pub use mask::{MAX_ENCRYPTED_LENGTH, Mask, MaskCharacter, MaskKind};
pub use retired::{RetiredField, RetiredObject};
pub use sealing::{Form, NextForm, Sealing, TokenColumn};
pub use sharing::{GrantLevel, RuleSource, SharingRule, share_of};
pub use snapshot::{ChildRelationship, FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema};
