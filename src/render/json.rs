//! The cells of an answer as JSON. Numbers are never rounded.

use crate::value::Value;
use serde_json::{Map, Value as Json, json};

/// `kind`, `unit`, `dims` and `rows`, put into an object.
pub fn put(value: &Value, into: &mut Map<String, Json>) {
    let dims: Vec<&str> = value.dims.iter().map(|d| d.name.as_ref()).collect();
    into.insert("kind".into(), json!(value.kind.word()));
    into.insert("unit".into(), json!(value.unit.to_string()));
    into.insert("dims".into(), json!(dims));
    let rows: Vec<Json> = value
        .rows
        .iter()
        .map(|row| {
            let mut cell = Map::new();
            for (dim, key) in value.dims.iter().zip(&row.key) {
                cell.insert(dim.name.to_string(), json!(dim.label(*key)));
            }
            if let Some(period) = row.period {
                cell.insert("period".into(), json!(period.to_string()));
            }
            match row.cell.datum {
                Ok(x) => {
                    cell.insert("value".into(), json!(x));
                }
                Err(reason) => {
                    cell.insert("value".into(), Json::Null);
                    cell.insert("reason".into(), json!(reason.words()));
                }
            }
            cell.insert("flags".into(), json!(row.cell.flags.words()));
            if let Some(c) = row.cell.coverage {
                cell.insert("coverage".into(), json!([c.have, c.of]));
            }
            Json::Object(cell)
        })
        .collect();
    into.insert("rows".into(), Json::Array(rows));
}
