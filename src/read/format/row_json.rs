//! A row as a JSON object.

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, TimeUnit};
use base64::Engine;
use serde::Serialize;

use super::parquet::bytes_at;

/// A row as a JSON object, its columns in order. Times are written as RFC 3339 has them, bytes that are no UTF-8 in base64; of a type that JSON has no way for, there is a null.
pub fn row_as_json(rows: &RecordBatch, row: usize) -> Vec<u8> {
    let mut json = Vec::new();
    push_struct(&StructArray::from(rows.clone()), row, &mut json);
    json
}

/// A value as JSON, in the same way.
pub(super) fn value_as_json(array: &ArrayRef, at: usize) -> Vec<u8> {
    let mut json = Vec::new();
    push_value(array, at, &mut json);
    json
}

fn push(value: impl Serialize, json: &mut Vec<u8>) {
    serde_json::to_writer(json, &value).expect("memory takes everything, and numbers and texts can be written");
}

fn push_struct(array: &StructArray, at: usize, json: &mut Vec<u8>) {
    json.push(b'{');
    for (nth, (field, column)) in array.fields().iter().zip(array.columns()).enumerate() {
        if nth > 0 {
            json.push(b',');
        }
        push(field.name(), json);
        json.push(b':');
        push_value(column, at, json);
    }
    json.push(b'}');
}

fn push_list(elements: &ArrayRef, json: &mut Vec<u8>) {
    json.push(b'[');
    for at in 0..elements.len() {
        if at > 0 {
            json.push(b',');
        }
        push_value(elements, at, json);
    }
    json.push(b']');
}

fn push_value(array: &ArrayRef, at: usize, json: &mut Vec<u8>) {
    if array.is_null(at) {
        return push((), json);
    }
    match array.data_type() {
        DataType::Boolean => push(array.as_boolean().value(at), json),
        DataType::Int8 => push(array.as_primitive::<Int8Type>().value(at), json),
        DataType::Int16 => push(array.as_primitive::<Int16Type>().value(at), json),
        DataType::Int32 => push(array.as_primitive::<Int32Type>().value(at), json),
        DataType::Int64 => push(array.as_primitive::<Int64Type>().value(at), json),
        DataType::UInt8 => push(array.as_primitive::<UInt8Type>().value(at), json),
        DataType::UInt16 => push(array.as_primitive::<UInt16Type>().value(at), json),
        DataType::UInt32 => push(array.as_primitive::<UInt32Type>().value(at), json),
        DataType::UInt64 => push(array.as_primitive::<UInt64Type>().value(at), json),
        DataType::Float32 => push(array.as_primitive::<Float32Type>().value(at), json),
        DataType::Float64 => push(array.as_primitive::<Float64Type>().value(at), json),
        DataType::Decimal128(..) => push(array.as_primitive::<Decimal128Type>().value_as_string(at), json),
        DataType::Decimal256(..) => push(array.as_primitive::<Decimal256Type>().value_as_string(at), json),
        DataType::Date32 => push_date::<Date32Type>(array, at, json),
        DataType::Date64 => push_date::<Date64Type>(array, at, json),
        DataType::Timestamp(unit, zone) => {
            let zone = if zone.is_some() { "Z" } else { "" };
            match unit {
                TimeUnit::Second => push_time::<TimestampSecondType>(array, at, zone, json),
                TimeUnit::Millisecond => push_time::<TimestampMillisecondType>(array, at, zone, json),
                TimeUnit::Microsecond => push_time::<TimestampMicrosecondType>(array, at, zone, json),
                TimeUnit::Nanosecond => push_time::<TimestampNanosecondType>(array, at, zone, json),
            }
        }
        DataType::Struct(_) => push_struct(array.as_struct(), at, json),
        DataType::List(_) => push_list(&array.as_list::<i32>().value(at), json),
        DataType::LargeList(_) => push_list(&array.as_list::<i64>().value(at), json),
        DataType::FixedSizeList(..) => push_list(&array.as_fixed_size_list().value(at), json),
        DataType::Map(..) => {
            let entries: ArrayRef = std::sync::Arc::new(array.as_map().value(at));
            push_list(&entries, json);
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            push_value(dictionary.values(), dictionary.normalized_keys()[at], json);
        }
        DataType::FixedSizeBinary(_) => push_bytes(array.as_fixed_size_binary().value(at), json),
        _ => match bytes_at(array, at) {
            Some(bytes) => push_bytes(bytes, json),
            None => push((), json),
        },
    }
}

fn push_bytes(bytes: &[u8], json: &mut Vec<u8>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => push(text, json),
        Err(_) => push(base64::engine::general_purpose::STANDARD.encode(bytes), json),
    }
}

fn push_date<T: ArrowPrimitiveType>(array: &ArrayRef, at: usize, json: &mut Vec<u8>)
where
    i64: From<T::Native>,
{
    match as_datetime::<T>(array.as_primitive::<T>().value(at).into()) {
        Some(date) => push(date.date().to_string(), json),
        None => push((), json),
    }
}

fn push_time<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, at: usize, zone: &str, json: &mut Vec<u8>) {
    match as_datetime::<T>(array.as_primitive::<T>().value(at)) {
        // The time of day has as many decimals as it needs.
        Some(time) => push(format!("{}T{}{zone}", time.date(), time.time()), json),
        None => push((), json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{
        BinaryArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, ListArray, StringArray,
        TimestampMillisecondArray,
    };
    use std::sync::Arc;

    #[test]
    fn a_row_of_any_type_becomes_an_object() {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(-7), None]));
        let times: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![1_770_754_440_500, 0]).with_timezone("UTC"));
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![20_494, 0]));
        let prices: ArrayRef = Arc::new(Decimal128Array::from(vec![1999, 5]).with_precision_and_scale(9, 2).expect("they fit"));
        let inner: ArrayRef = Arc::new(
            StructArray::try_from(vec![("q\"", Arc::new(StringArray::from(vec!["ä\n", "b"])) as ArrayRef)]).expect("it fits"),
        );
        let numbers: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]));
        let kinds: ArrayRef = Arc::new(vec!["x", "y"].into_iter().collect::<DictionaryArray<Int32Type>>());
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![&b"\xFF\x00"[..], b"text"]));
        let shares: ArrayRef = Arc::new(Float64Array::from(vec![0.5, f64::NAN]));
        let rows = RecordBatch::try_from_iter([
            ("id", ids),
            ("time", times),
            ("date", dates),
            ("price", prices),
            ("inner", inner),
            ("numbers", numbers),
            ("kind", kinds),
            ("bytes", bytes),
            ("share", shares),
        ])
        .expect("they fit");
        let json = |row| String::from_utf8(row_as_json(&rows, row)).expect("UTF-8");
        let first = r#"{"id":-7,"time":"2026-02-10T20:14:00.500Z","date":"2026-02-10","price":"19.99","inner":{"q\"":"ä\n"},"numbers":[1,null],"kind":"x","bytes":"/wA=","share":0.5}"#;
        assert_eq!(json(0), first);
        let second = r#"{"id":null,"time":"1970-01-01T00:00:00Z","date":"1970-01-01","price":"0.05","inner":{"q\"":"b"},"numbers":null,"kind":"y","bytes":"text","share":null}"#;
        assert_eq!(json(1), second);
    }
}
