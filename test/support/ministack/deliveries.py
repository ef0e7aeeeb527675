"""Deliveries to functions as AWS documents them, where MiniStack makes them shorter.

- MiniStack calls the target of a rule or a schedule once. On AWS the call is asynchronous: a failed one is tried again as the function's
  event invoke configuration says, then handed to its on-failure destination; a throttled one waits and does not count as a try.
  https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
- MiniStack hands a failed batch of a DynamoDB stream over again for ever and takes no notice of the items a function reports. On AWS the
  event source mapping's settings hold: the lowest reported item is where it goes on, a batch is split in two, tries are counted, and what
  is given up goes to the on-failure destination. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import contextvars
import json
import threading
import time

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import dynamodb, eventbridge, lambda_svc

RETRY_SECONDS = 1.0
THROTTLE_SECONDS = 0.2
STREAM_RETRY_SECONDS = 0.5


def invoke_until_free(record, event):
    while True:
        result = lambda_svc._execute_function_with_config_scope(record, event)
        if not result.get("throttle"):
            return result
        time.sleep(THROTTLE_SECONDS)


def invoke_asynchronously(record, event):
    configuration = record["config"]
    name = configuration["FunctionName"]
    invoke = (record.get("event_invoke_configs") or {}).get("$LATEST") or record.get("event_invoke_config") or {}
    retries = invoke.get("MaximumRetryAttempts")
    destination = ((invoke.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    destination = destination or (configuration.get("DeadLetterConfig") or {}).get("TargetArn")
    for attempt in range((2 if retries is None else int(retries)) + 1):
        time.sleep(RETRY_SECONDS * attempt)
        result = invoke_until_free(record, event)
        lambda_svc.logger.info("%s, try %d:\n%s", name, attempt + 1, result.get("log", ""))
        if not result.get("error"):
            return
    if destination:
        lambda_svc._route_async_failure(destination, name, event, result)


def in_background(callback, *arguments):
    threading.Thread(target=contextvars.copy_context().run, args=(callback, *arguments), daemon=True).start()


def dispatch_to_function(arn, payload):
    function, configuration, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not configuration:
        eventbridge.logger.warning("the target of a rule or schedule must exist, there was no function %s", name)
        return
    record = lambda_svc._execution_record_for_config(function, configuration)
    in_background(invoke_asynchronously, record, json.loads(payload))


# What is being tried of each mapping's current batch: (records, tries so far), in the stream's order.
open_parts = {}


def limit_of(mapping, name):
    value = int(mapping.get(name, -1))
    return None if value < 0 else value


def reported_failures(mapping, records, result):
    """The records to try again, from the lowest one reported; all of them when the answer cannot be understood."""
    if result.get("error"):
        return records
    body = result.get("body")
    if isinstance(body, (str, bytes)):
        body = json.loads(body or "null")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not isinstance(body, dict):
        return []
    failures = [failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []]
    if not failures:
        return []
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    if any(failure not in numbers for failure in failures):
        return records
    return records[min(numbers.index(failure) for failure in failures) :]


def next_parts(mapping, records, tries, failed):
    """What becomes of a part that failed from `failed` on: the parts to try, and the records given up with the reason."""
    oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in failed)
    age, retries = limit_of(mapping, "MaximumRecordAgeInSeconds"), limit_of(mapping, "MaximumRetryAttempts")
    if age is not None and time.time() - oldest > age:
        return [], "MaxRecordAgeExceeded"
    # Where the function said which item failed, the batch is split there.
    if len(failed) < len(records):
        return [(failed, tries)], None
    if mapping.get("BisectBatchOnFunctionError") and len(failed) > 1:
        half = len(failed) // 2
        return [(failed[:half], 0), (failed[half:], 0)], None
    if retries is not None and tries >= retries:
        return [], "RetryAttemptsExhausted"
    return [(failed, tries + 1)], None


def advance(mapping, function, stream_arn, table_name):
    """Tries the next part of what this mapping has not read yet; says whether it got further."""
    identity = mapping["UUID"]
    horizon, end = dynamodb.stream_start_position(table_name), dynamodb.stream_end_position(table_name)
    position = lambda_svc._dynamodb_stream_positions.setdefault(
        identity, horizon if mapping.get("StartingPosition") == "TRIM_HORIZON" else end
    )
    if lambda_svc._esm_backoff_until.get(identity, 0) > time.time():
        return False
    if identity not in open_parts:
        # A restarted emulator remembers the position and has forgotten the stream, which begins anew.
        position = horizon if position > end else max(position, horizon)
        batch = dynamodb.stream_records_since(table_name, position, mapping.get("BatchSize", 100))
        if not batch:
            return False
        wanted = lambda_svc._apply_filter_criteria(batch, mapping)
        lambda_svc._dynamodb_stream_positions[identity] = position + len(batch)
        if wanted:
            open_parts[identity] = [(wanted, 0)]
        return True
    records, tries = open_parts[identity].pop(0)
    result = lambda_svc._execute_function(function, {"Records": records})
    name = mapping["FunctionName"]
    lambda_svc.logger.info("%s, %d records of %s:\n%s", name, len(records), table_name, result.get("log", ""))
    if result.get("throttle"):
        open_parts[identity].insert(0, (records, tries))
        lambda_svc._esm_backoff_until[identity] = time.time() + THROTTLE_SECONDS
        return False
    failed = reported_failures(mapping, records, result)
    if failed:
        parts, reason = next_parts(mapping, records, tries, failed)
        open_parts[identity][:0] = parts
        if reason:
            lambda_svc._send_ddb_stream_failure_record(mapping, function, failed, stream_arn, result, reason)
        else:
            lambda_svc._esm_backoff_until[identity] = time.time() + STREAM_RETRY_SECONDS
    if not open_parts[identity]:
        del open_parts[identity]
    return True


def poll_one(account, region, mapping):
    set_request_account_id(account)
    set_request_region(region)
    source = str(mapping.get("EventSourceArn", ""))
    if ":dynamodb:" not in source or not mapping.get("Enabled", True):
        return False
    table_name = source.split(":table/")[1].split("/")[0]
    table = dynamodb._tables.get(table_name)
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if function is None or not table or table.get("LatestStreamArn") != source:
        return False
    return advance(mapping, function, source, table_name)


def poll_dynamodb_streams():
    moved = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        moved = contextvars.copy_context().run(poll_one, account, region, mapping) or moved
    return moved


def deliver_as_documented():
    eventbridge._dispatch_to_lambda = dispatch_to_function
    lambda_svc._poll_dynamodb_streams = poll_dynamodb_streams
