//! DISTANCE: great-circle distance on a sphere, rounded to six decimal places so that both stores say the same number.

use super::{Emitter, not_enabled};
use crate::codec::{Codec, codec_of};
use crate::driver::Param;
use model::{Decimal, Result, to_scaled};
use soql::plan::{DistanceUnit, FieldRef, Select};

/// Distances are whole millionths of their unit.
pub(super) const DISTANCE_CODEC: Codec = Codec::Scaled(6);
/// The earth's mean radius.
const RADIUS_KM: f64 = 6_371.008_8;
const KM_PER_MILE: f64 = 1.609_344;
/// Degrees of a query travel as whole billionths.
const DEGREE_SCALE: u8 = 9;

impl Emitter<'_> {
    /// Null where either coordinate is.
    pub(super) fn distance(
        &mut self,
        select: &Select,
        from: [&FieldRef; 2],
        to: [Decimal; 2],
        unit: DistanceUnit,
    ) -> Result<()> {
        let radius = match unit {
            DistanceUnit::Kilometres => RADIUS_KM,
            DistanceUnit::Miles => RADIUS_KM / KM_PER_MILE,
        };
        let mut degrees = Vec::with_capacity(2);
        for (field, to) in from.into_iter().zip(to) {
            let codec = codec_of(self.field(select, field)?)?;
            let Codec::Scaled(scale) = codec else { return Err(not_enabled("DISTANCE over such coordinates")) };
            let to = to_scaled(model::round_to_scale(to, DEGREE_SCALE), DEGREE_SCALE).unwrap_or_default();
            degrees.push((field, 10_i64.pow(u32::from(scale)), to));
        }
        if self.is_sqlite() {
            self.out.push("hf_distance(");
            for (field, factor, to) in degrees {
                self.field_column(select, field)?;
                self.out.push(&format!(", {factor}, "));
                self.out.bind(Param::Int(to));
                self.out.push(", ");
            }
            self.out.push(&format!("{radius:?})"));
            return Ok(());
        }
        let radians = |emitter: &mut Self, at: usize| -> Result<()> {
            emitter.out.push("radians(");
            emitter.field_column(select, degrees[at].0)?;
            emitter.out.push(&format!("::double precision / {})", degrees[at].1));
            Ok(())
        };
        let target = |emitter: &mut Self, at: usize| {
            emitter.out.push("radians(");
            emitter.out.bind(Param::Int(degrees[at].2));
            emitter.out.push("::double precision / 1000000000)");
        };
        self.out.push("CASE WHEN ");
        self.field_column(select, degrees[0].0)?;
        self.out.push(" IS NOT NULL AND ");
        self.field_column(select, degrees[1].0)?;
        // The haversine formula: exact for short distances too.
        self.out.push(&format!(" IS NOT NULL THEN ROUND({radius:?} * 2 * asin(LEAST(1, sqrt(power(sin(("));
        target(self, 0);
        self.out.push(" - ");
        radians(self, 0)?;
        self.out.push(") / 2), 2) + cos(");
        radians(self, 0)?;
        self.out.push(") * cos(");
        target(self, 0);
        self.out.push(") * power(sin((");
        target(self, 1);
        self.out.push(" - ");
        radians(self, 1)?;
        self.out.push(") / 2), 2)))) * 1000000)::bigint END");
        Ok(())
    }
}

/// What SQLite calculates, by the same steps as the SQL of PostgreSQL.
pub(crate) fn distance(latitude: f64, longitude: f64, to_latitude: f64, to_longitude: f64, radius: f64) -> i64 {
    let [from, to] = [latitude.to_radians(), to_latitude.to_radians()];
    let across = (to_longitude.to_radians() - longitude.to_radians()) / 2.0;
    let half = ((to - from) / 2.0).sin().powi(2) + from.cos() * to.cos() * across.sin().powi(2);
    let distance = radius * 2.0 * half.sqrt().min(1.0).asin() * 1_000_000.0;
    // At most half the circumference of the earth in millimetres.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the size of the earth")]
    let rounded = distance.round_ties_even() as i64;
    rounded
}
