"""When services were last accessed, through boto3."""

import datetime
import json

from installation import ROOT_ACCOUNT, eventually, refused


def allow(iam, user, *actions):
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}}
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(document))


def services(iam, arn, **parameters):
    job = iam.generate_service_last_accessed_details(Arn=arn, **parameters)["JobId"]
    details = iam.get_service_last_accessed_details(JobId=job)
    assert details["JobStatus"] == "COMPLETED" and details["IsTruncated"] is False
    return {service["ServiceNamespace"]: service for service in details["ServicesLastAccessed"]}


def test_what_a_user_really_called(any_server):
    iam = any_server.iam()
    bob = any_server.new_user("bob")
    arn = f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob"
    allow(iam, "bob", "iam:GetUser", "iam:ListUsers", "sts:*", "s3:GetObject")
    any_server.iam(bob).get_user(UserName="bob")

    def used():
        found = services(iam, arn)
        return found if found["iam"]["TotalAuthenticatedEntities"] else None

    found = eventually(used, "the use is on record")
    assert list(found) == ["iam", "s3", "sts"]
    assert found["iam"]["ServiceName"] == "AWS Identity and Access Management"
    assert found["iam"]["LastAuthenticatedEntity"] == arn and found["iam"]["LastAuthenticatedRegion"] == "us-east-1"
    age = datetime.datetime.now(datetime.timezone.utc) - found["iam"]["LastAuthenticated"]
    assert abs(age) < datetime.timedelta(minutes=5)
    assert found["sts"]["TotalAuthenticatedEntities"] == 0 and "LastAuthenticated" not in found["sts"]

    actions = services(iam, arn, Granularity="ACTION_LEVEL")["iam"]["TrackedActionsLastAccessed"]
    assert [action["ActionName"] for action in actions] == ["GetUser", "ListUsers"]
    assert actions[0]["LastAccessedEntity"] == arn and "LastAccessedEntity" not in actions[1]


def test_who_of_a_group(server):
    iam = server.iam()
    bob = server.new_user("bob")
    iam.create_user(UserName="eve")
    iam.create_group(GroupName="staff")
    iam.attach_group_policy(GroupName="staff", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    for user in ("bob", "eve"):
        iam.add_user_to_group(GroupName="staff", UserName=user)
    server.iam(bob).list_users()

    def entities():
        job = iam.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{ROOT_ACCOUNT}:group/staff")["JobId"]
        found = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="iam")
        return found["EntityDetailsList"] if "LastAuthenticated" in found["EntityDetailsList"][0] else None

    first, second = eventually(entities, "the use is on record")
    assert first["EntityInfo"]["Name"] == "bob" and first["EntityInfo"]["Type"] == "USER"
    assert second["EntityInfo"]["Name"] == "eve" and "LastAuthenticated" not in second


def test_job_is_the_askers(server):
    iam = server.iam()
    bob = server.new_user("bob")
    allow(iam, "bob", "iam:*")
    job = iam.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob")["JobId"]
    assert len(job) == 36
    with refused("NoSuchEntity", 404):
        server.iam(bob).get_service_last_accessed_details(JobId=job)
    with refused("NoSuchEntity", 404, "Unable to retrieve specified IAM entity."):
        iam.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{ROOT_ACCOUNT}:user/nobody")


def test_a_catalogue_names_services(installation):
    catalogue = installation.folder / "services.json"
    catalogue.write_text(json.dumps([{"namespace": "s3", "name": "Amazon S3", "actions": ["GetObject"]},
                                     {"namespace": "sqs", "name": "Amazon SQS", "actions": ["SendMessage"]}]))
    server = installation.start(f"--service-catalogue={catalogue}")
    iam = server.iam()
    iam.create_user(UserName="bob")
    allow(iam, "bob", "*:Get*")
    found = services(iam, f"arn:aws:iam::{ROOT_ACCOUNT}:user/bob")
    assert list(found) == ["cloudtrail", "iam", "s3", "sts"] and found["s3"]["ServiceName"] == "Amazon S3"
    catalogue.write_text("{}")
    server.stop()
    assert "a catalogue is a list of services" in installation.start_refused(f"--service-catalogue={catalogue}")
