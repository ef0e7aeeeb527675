"""CloudFormation types that MiniStack lacks or makes differently.

MiniStack can hold these resources, but its CloudFormation does not know how to make them, and refuses a template that names one.
The handlers hand the properties to the calls MiniStack has. What they prove is that the template's references resolve and that
the stack goes up and down; nothing is routed, recorded or replayed: whether such a resource does its work, only AWS can show.
"""

import json
import re

from ministack.services import ec2, eventbridge, secretsmanager
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as known_types


def text_of(response):
    status, _headers, body = response
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 300:
        raise ValueError(text)
    return text


def element(name, response):
    found = re.search(rf"<{name}>([^<]+)</{name}>", text_of(response))
    if not found:
        raise ValueError(f"the emulator's answer must hold <{name}>")
    return found.group(1)


def must_exist(kind, identity, store):
    if identity not in store:
        raise ValueError(f"{kind} must exist, there was no {identity!r}")


def create_address(logical_id, properties, stack):
    answer = ec2._allocate_address({"Domain": [properties.get("Domain", "vpc")]})
    address = element("publicIp", answer)
    return address, {"AllocationId": element("allocationId", answer), "PublicIp": address}


def delete_address(address, properties):
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == address:
            ec2._release_address({"AllocationId": [allocation]})


def create_nat_gateway(logical_id, properties, stack):
    must_exist("the NAT gateway's subnet", properties.get("SubnetId"), ec2._subnets)
    if "AllocationId" in properties:
        must_exist("the NAT gateway's address", properties["AllocationId"], ec2._addresses)
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    wanted = {name: [properties[name]] for name in names if name in properties}
    identity = element("natGatewayId", ec2._create_nat_gateway(wanted))
    return identity, {"NatGatewayId": identity}


def delete_nat_gateway(identity, properties):
    ec2._delete_nat_gateway({"NatGatewayId": [identity]})


def create_flow_log(logical_id, properties, stack):
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName")
    wanted = {name: [properties[name]] for name in names if name in properties}
    identity = element("item", ec2._create_flow_logs({**wanted, "ResourceId.1": [properties["ResourceId"]]}))
    return identity, {"Id": identity}


def delete_flow_log(identity, properties):
    ec2._delete_flow_logs({"FlowLogId.1": [identity]})


def create_archive(logical_id, properties, stack):
    name = properties.get("ArchiveName") or f"{stack}-{logical_id}"[:48]
    pattern = properties.get("EventPattern")
    wanted = {
        "ArchiveName": name,
        "EventSourceArn": properties["SourceArn"],
        "Description": properties.get("Description", ""),
        "RetentionDays": int(properties.get("RetentionDays", 0)),
        **({} if pattern is None else {"EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern)}),
    }
    answer = json.loads(text_of(eventbridge._create_archive(wanted)))
    return name, {"Arn": answer["ArchiveArn"], "ArchiveName": name}


def delete_archive(name, properties):
    text_of(eventbridge._delete_archive({"ArchiveName": name}))


def create_alarm_of_several_metrics(create):
    """MiniStack takes alarms of one metric only: of several it gets the first, and nothing is calculated."""

    def create_alarm(logical_id, properties, stack):
        first = next((metric["MetricStat"] for metric in properties.get("Metrics", []) if "MetricStat" in metric), None)
        if first is None:
            return create(logical_id, properties, stack)
        single = {name: value for name, value in properties.items() if name != "Metrics"}
        single.update(first["Metric"], Period=first["Period"], Statistic=first["Stat"])
        return create(logical_id, single, stack)

    return create_alarm


def named_by_arn(handlers):
    """On AWS the reference to a secret is its ARN; MiniStack takes the name, and then policies for the ARN match nothing."""

    def name_of(arn):
        return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)

    def create(logical_id, properties, stack):
        _, attributes = handlers["create"](logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(arn, old, new, stack, logical_id=None):
        _, attributes = handlers["update"](name_of(arn), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    def delete(arn, properties):
        handlers["delete"](name_of(arn), properties)

    return {**handlers, "create": create, "update": update, "delete": delete}


def add_missing_types():
    for type_name, create, delete in (
        ("AWS::EC2::EIP", create_address, delete_address),
        ("AWS::EC2::NatGateway", create_nat_gateway, delete_nat_gateway),
        ("AWS::EC2::FlowLog", create_flow_log, delete_flow_log),
        ("AWS::Events::Archive", create_archive, delete_archive),
    ):
        # Where a newer MiniStack knows the type, its own handler is the better one.
        known_types.setdefault(type_name, {"create": create, "delete": delete})
    alarm, secret = known_types["AWS::CloudWatch::Alarm"], known_types["AWS::SecretsManager::Secret"]
    known_types["AWS::CloudWatch::Alarm"] = {**alarm, "create": create_alarm_of_several_metrics(alarm["create"])}
    known_types["AWS::SecretsManager::Secret"] = named_by_arn(secret)
