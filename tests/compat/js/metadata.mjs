// Finds credentials by the SDK's default chain, which ends at the metadata service of instances, and says whose they are.

import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const client = new STSClient({ endpoint: process.env.ENDPOINT, maxAttempts: 1 });
const { Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
const { secretAccessKey, sessionToken } = await client.config.credentials();
console.log(JSON.stringify({ arn, secrets: [secretAccessKey], tokens: [sessionToken] }));
