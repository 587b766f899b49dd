"""Kinds of secrets to generate: templates, from which fresh random values are made at each run.

``{alphabet:length}`` in a template becomes random characters. No secret is written down here.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

ALPHABETS = {
    "w": string.ascii_letters + string.digits,
    "u": string.ascii_letters + string.digits + "-_",
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "l": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits,
    "d": string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "p": string.ascii_letters + string.digits + "!#%^*_+~",
    "2": string.ascii_uppercase + "234567",
    "x": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "k": "023456789acdefghjklmnpqrstuvwxyz",
}
_PLACE = re.compile(r"\{(\w):(\d+)\}")
_WORDS = [
    "abandon",
    "brave",
    "copper",
    "drift",
    "eagle",
    "forest",
    "gravel",
    "hollow",
    "island",
    "jungle",
    "kitten",
    "ladder",
    "marble",
    "nectar",
    "orbit",
    "pencil",
    "quarter",
    "ribbon",
    "silver",
    "timber",
    "umbrella",
    "velvet",
    "window",
    "yellow",
    "zebra",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret.

    `template` makes the secret. With `names` it is recognised by the name it is given to; with `lines` it stands
    in one of those lines (at ``@``); else it is recognised by its shape wherever it stands.
    """

    name: str
    template: str
    names: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def made(self, chance: random.Random) -> str:
        """Return a fresh secret of this kind."""
        if self.template == "{words}":
            return " ".join(chance.choice(_WORDS) for _ in range(12))

        def characters(found: re.Match[str]) -> str:
            return "".join(chance.choice(ALPHABETS[found[1]]) for _ in range(int(found[2])))

        return _PLACE.sub(characters, self.template)


_SHAPED = {
    "AWS access key id": "AKIA{2:16}", "AWS temporary key id": "ASIA{2:16}", "AWS Bedrock key": "ABSK{b:120}",
    "Google API key": "AIza{u:35}", "Google OAuth token": "ya29.{u:120}", "Google client secret": "GOCSPX-{u:28}",
    "Google refresh token": "1//0{u:60}", "Firebase server key": "AAAA{u:7}:APA91b{u:134}",
    "DigitalOcean token": "dop_v1_{h:64}", "DigitalOcean OAuth": "doo_v1_{h:64}", "Heroku key": "HRKU-AA{u:58}",
    "Fly.io token": "fo1_{u:43}", "Netlify token": "nfp_{w:40}", "Render key": "rnd_{w:28}",
    "Cloudflare origin key": "v1.0-{h:24}-{h:146}", "Alibaba key id": "LTAI{w:20}", "Yandex key": "AQVN{u:38}",
    "Azure client secret": "{w:3}8Q~{u:34}", "Azure OpenAI key": "{w:52}JQQJ99{w:26}", "Azure DevOps token": "{w:76}AZDO{w:4}",
    "GitHub token": "ghp_{w:36}", "GitHub OAuth": "gho_{w:36}", "GitHub app token": "ghs_{w:36}", "GitHub refresh token": "ghr_{w:36}",
    "GitHub fine-grained": "github_pat_{w:22}_{w:59}", "GitLab token": "glpat-{u:20}", "GitLab routable token": "glpat-{u:27}.01.{l:9}",
    "GitLab deploy token": "gldt-{u:20}", "GitLab runner token": "glrt-{u:20}", "GitLab trigger token": "glptt-{h:40}",
    "GitLab runner registration": "GR1348941{u:20}", "Atlassian token": "ATATT3xFfGF0{u:170}=", "Bitbucket app password": "ATBB{w:32}",
    "Trello token": "ATTA{h:72}", "Buildkite token": "bkua_{h:40}", "CircleCI token": "CCIPAT_{w:22}_{h:40}",
    "Sourcegraph token": "sgp_{h:40}", "SonarQube token": "squ_{h:40}", "Sentry org token": "sntrys_eyJ{b:100}",
    "Sentry user token": "sntryu_{h:64}", "Pulumi token": "pul-{h:40}", "Terraform Cloud token": "{w:14}.atlasv1.{u:67}",
    "npm token": "npm_{w:36}", "PyPI token": "pypi-AgEIcHlwaS5vcmc{u:80}", "RubyGems key": "rubygems_{h:48}", "crates.io token": "cio{w:32}",
    "NuGet key": "oy2{l:43}", "Docker token": "dckr_pat_{u:27}", "Docker organisation token": "dckr_oat_{u:32}",
    "Clojars token": "CLOJARS_{l:60}", "JFrog key": "AKCp{w:69}",
    "OpenAI key": "sk-{w:48}", "OpenAI project key": "sk-proj-{u:120}", "OpenAI service key": "sk-svcacct-{u:120}",
    "Anthropic key": "sk-ant-api03-{u:93}AA", "OpenRouter key": "sk-or-v1-{h:64}", "Hugging Face token": "hf_{w:34}",
    "Replicate token": "r8_{w:37}", "Groq key": "gsk_{w:52}", "xAI key": "xai-{w:80}", "Perplexity key": "pplx-{w:48}",
    "NVIDIA key": "nvapi-{u:64}", "Together key": "tgp_v1_{u:43}", "LangSmith key": "lsv2_pt_{h:32}_{h:10}", "Tavily key": "tvly-{w:32}",
    "Pinecone key": "pcsk_{w:6}_{w:62}", "Jina key": "jina_{h:32}{u:28}", "Langfuse key": "sk-lf-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}",
    "ElevenLabs key": "sk_{h:48}", "Cerebras key": "csk-{l:48}", "Voyage key": "pa-{u:43}", "E2B key": "e2b_{h:40}",
    "Slack bot token": "xoxb-{d:12}-{d:12}-{w:24}", "Slack user token": "xoxp-{d:12}-{d:12}-{d:12}-{h:32}",
    "Slack app token": "xapp-1-A{U:10}-{d:13}-{h:64}", "Slack refresh token": "xoxe-1-{w:146}",
    "Discord bot token": "MT{w:22}.G{u:5}.{u:38}", "Telegram bot token": "{d:10}:AA{u:33}", "SendGrid key": "SG.{u:22}.{u:43}",
    "Twilio key": "SK{h:32}", "Mailgun key": "key-{h:32}", "Mailchimp key": "{h:32}-us21", "Brevo key": "xkeysib-{h:64}-{w:16}",
    "Resend key": "re_{w:8}_{w:24}", "Matrix token": "syt_{w:12}_{w:20}_{w:6}", "Facebook token": "EAA{w:150}", "Instagram token": "IGQV{w:150}",
    "Stripe key": "sk_live_{w:24}", "Stripe long key": "sk_live_51{w:97}", "Stripe restricted key": "rk_live_{w:24}",
    "Stripe webhook secret": "whsec_{w:32}", "Square token": "sq0atp-{u:22}", "Square secret": "sq0csp-{u:43}", "Shopify token": "shpat_{h:32}",
    "Shopify secret": "shpss_{h:32}", "Plaid token": "access-production-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}",
    "Braintree token": "access_token$production${l:16}${h:32}", "EasyPost key": "EZAK{w:54}", "Shippo token": "shippo_live_{h:40}",
    "Duffel token": "duffel_live_{u:43}", "Flutterwave key": "FLWSECK-{h:32}-X", "Lob key": "live_{h:35}", "Razorpay key": "rzp_live_{w:14}",
    "Databricks token": "dapi{h:32}", "Supabase token": "sbp_{h:40}", "Supabase secret key": "sb_secret_{u:31}",
    "PlanetScale token": "pscale_tkn_{u:43}", "PlanetScale password": "pscale_pw_{u:43}", "Neon key": "napi_{l:64}", "Neon password": "npg_{w:16}",
    "Airtable token": "pat{w:14}.{h:64}", "Aiven password": "AVNS_{u:20}", "New Relic user key": "NRAK-{U:27}",
    "New Relic insert key": "NRII-{u:32}", "New Relic license": "{h:36}NRAL", "Grafana cloud token": "glc_eyJ{b:90}",
    "Grafana service token": "glsa_{w:32}_{h:8}", "Honeycomb key": "hcaik_01{l:58}", "Dynatrace token": "dt0c01.{U:24}.{U:64}",
    "PostHog key": "phx_{w:43}", "LaunchDarkly key": "sdk-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", "Axiom token": "xaat-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}",
    "Infracost key": "ico-{w:32}", "Notion token": "ntn_{d:11}{w:35}", "Notion old token": "secret_{w:43}", "Linear key": "lin_api_{w:40}",
    "ClickUp token": "pk_{d:8}_{U:32}", "Figma token": "figd_{u:40}", "Postman key": "PMAK-{h:24}-{h:34}", "ReadMe key": "rdme_{l:70}",
    "Typeform token": "tfp_{u:44}_{w:14}", "Contentful token": "CFPAT-{u:43}", "Prefect key": "pnu_{l:36}",
    "HubSpot token": "pat-na1-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", "Dropbox token": "sl.{u:135}", "Mapbox secret token": "sk.eyJ1Ijoi{w:60}.{u:22}",
    "Vault token": "hvs.{w:24}", "Vault batch token": "hvb.{u:140}", "Doppler token": "dp.pt.{w:43}", "Doppler service token": "dp.st.prod.{w:43}",
    "age key": "AGE-SECRET-KEY-1{U:58}", "1Password secret key": "A3-{U:6}-{U:6}-{U:5}-{U:5}-{U:5}-{U:5}", "1Password service token": "ops_eyJ{b:200}",
    "Tailscale key": "tskey-auth-{w:17}-{w:32}", "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{u:60}.{u:43}",
    "extended private key": "xprv{x:107}", "nostr key": "nsec1{k:58}", "bcrypt hash": "$2b$12${w:53}", "crypt hash": "$6${w:16}${w:86}",
    "ClickHouse Cloud key": "4b1d{w:38}", "Defined Networking token": "dnkey-{l:26}-{l:52}", "Harness token": "pat.{u:22}.{h:24}.{w:20}",
    "MaxMind key": "{w:6}_{w:29}_mmk", "Octopus Deploy key": "API-{U:26}", "OpenShift token": "sha256~{u:43}", "Scalingo token": "tk-us-{u:48}",
    "SettleMint token": "sm_pat_{w:16}", "GoCardless token": "live_{u:40}", "Authress key": "sc_{l:10}.{l:4}.acc_{l:12}.{u:60}",
    "Bitcoin key": "5J{x:49}",
}  # fmt: skip
_NAMED = {
    "password": ("{p:14}", ("password", "DB_PASSWORD", "userPassword")), "short password": ("{p:9}", ("db_pass", "pw", "PASS")),
    "old habit": ("{l:5}{d:3}", ("password", "pwd", "MYSQL_PWD")), "passphrase": ("{p:20}", ("passphrase", "SSH_PASSPHRASE")),
    "API key, hexadecimal": ("{h:32}", ("api_key", "DD_API_KEY", "apiKey")), "API key, long hexadecimal": ("{h:64}", ("apikey", "x_api_key")),
    "API key": ("{w:32}", ("api_key", "weatherApiKey")), "API key, UUID": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("HEROKU_API_KEY", "postmark_token")),
    "AWS secret": ("{b:40}", ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "secretAccessKey")),
    "Twilio auth token": ("{h:32}", ("TWILIO_AUTH_TOKEN", "authToken")), "Cloudflare token": ("{u:40}", ("CF_API_TOKEN", "cloudflareToken")),
    "Cloudflare global key": ("{h:37}", ("CLOUDFLARE_API_KEY",)), "Datadog app key": ("{h:40}", ("DD_APP_KEY", "datadog_app_key")),
    "Algolia admin key": ("{h:32}", ("ALGOLIA_ADMIN_KEY", "algoliaAdminKey")), "client secret": ("{w:32}", ("client_secret", "OAUTH_CLIENT_SECRET", "clientSecret")),
    "Rails secret": ("{h:128}", ("secret_key_base", "SECRET_KEY_BASE")), "Django secret": ("{p:50}", ("SECRET_KEY",)),
    "encryption key": ("{h:64}", ("ENCRYPTION_KEY", "encryptionKey")), "Fernet key": ("{u:43}=", ("FERNET_KEY", "fernet_key")),
    "session secret": ("{w:24}", ("SESSION_SECRET", "session_secret")), "cookie secret": ("{b:32}", ("cookie_secret", "COOKIE_SECRET")),
    "JWT secret": ("{w:40}", ("JWT_SECRET", "jwtSecret")), "signing key": ("{h:40}", ("signing_key", "SIGNING_KEY")),
    "private key, hexadecimal": ("0x{h:64}", ("PRIVATE_KEY", "privateKey", "deployer_key")), "access token": ("{w:40}", ("access_token", "ACCESS_TOKEN", "accessToken")),
    "refresh token": ("{u:60}", ("refresh_token", "refreshToken")), "bot token": ("{w:28}", ("BOT_TOKEN", "botToken")),
    "Vercel token": ("{w:24}", ("VERCEL_TOKEN", "vercel_token")), "Mistral key": ("{w:32}", ("MISTRAL_API_KEY", "mistral_api_key")),
    "Cohere key": ("{w:40}", ("COHERE_API_KEY", "cohereApiKey")), "W&B key": ("{h:40}", ("WANDB_API_KEY", "wandb_key")),
    "Okta token": ("00{u:40}", ("OKTA_API_TOKEN", "okta_token")), "Linode token": ("{h:64}", ("LINODE_TOKEN",)),
    "Consul token": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("CONSUL_HTTP_TOKEN", "consul_token")), "Splunk token": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("SPLUNK_HEC_TOKEN",)),
    "Snyk token": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("SNYK_TOKEN", "snyk_token")), "PagerDuty key": ("{u:20}", ("PAGERDUTY_API_KEY",)),
    "webhook secret": ("{w:32}", ("WEBHOOK_SECRET", "webhookSecret")), "salt": ("{w:32}", ("PASSWORD_SALT", "salt")), "TOTP seed": ("{2:32}", ("totp_secret", "TOTP_SECRET")),
    "license key": ("{U:5}-{U:5}-{U:5}-{U:5}", ("LICENSE_KEY", "license_key")), "SMTP password": ("{p:16}", ("SMTP_PASSWORD", "smtp_password", "EMAIL_HOST_PASSWORD")),
    "LDAP password": ("{p:12}", ("bind_password", "LDAP_BIND_PW", "bindpw")), "keystore password": ("{p:12}", ("keystorePassword", "KEYSTORE_PASSWORD", "storePassword")),
    "Redis password": ("{w:24}", ("REDIS_PASSWORD", "redis_pass")), "master key": ("{h:32}", ("RAILS_MASTER_KEY", "master_key")),
    "Telegram API hash": ("{h:32}", ("api_hash", "TELEGRAM_API_HASH")), "Erlang cookie": ("{U:20}", ("RABBITMQ_ERLANG_COOKIE", "erlang_cookie")),
    "Airflow key": ("{b:43}=", ("AIRFLOW__CORE__FERNET_KEY",)), "app secret": ("{h:32}", ("APP_SECRET", "appSecret")),
    "Discord client secret": ("{u:32}", ("DISCORD_CLIENT_SECRET",)), "Azure DevOps token": ("{l:52}", ("AZURE_DEVOPS_EXT_PAT",)),
    "become password": ("{p:12}", ("ansible_become_pass", "ansible_ssh_pass", "ansible_password")), "Gmail app password": ("{l:16}", ("GMAIL_APP_PASSWORD", "gmailAppPassword")),
    "administrator password": ("{p:16}", ("administrator_login_password", "MSSQL_SA_PASSWORD")), "VAPID key": ("{u:43}", ("VAPID_PRIVATE_KEY", "vapidPrivateKey")),
    "Beamer token": ("b_{l:44}", ("BEAMER_TOKEN", "beamer_api_key")), "Meraki key": ("{h:40}", ("MERAKI_DASHBOARD_API_KEY",)),
    "registration secret": ("{p:50}", ("registration_shared_secret", "macaroon_secret_key")), "OpenSearch password": ("{p:16}", ("OPENSEARCH_INITIAL_ADMIN_PASSWORD",)),
    "WordPress key": ("{p:64}", ("AUTH_KEY", "LOGGED_IN_KEY", "NONCE_SALT")), "hash salt": ("{u:74}", ("hash_salt",)),
}  # fmt: skip
_PLACED = {
    "password in an address": ("{w:12}", ("DATABASE_URL=postgres://app:@@db.internal:5432/shop", 'url = "mongodb+srv://root:@@cluster0.abcde.mongodb.net/x"', "amqp://guest:@@mq:5672/")),
    "password in an address, quoted": ("{w:5}%40{w:6}", ('engine = create_engine("mysql+pymysql://app:@@localhost/shop")', "redis://:@@cache:6379/0")),
    "token in an address": ("{w:40}", ("git clone https://@@github.com/acme/shop.git", "remote = https://x-access-token:@@github.com/acme/shop.git")),
    "Azure storage key": ("{b:86}==", ("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=@;EndpointSuffix=core.windows.net", 'conn = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=@"')),
    "Azure shared access key": ("{b:43}=", ('"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@"',)),
    "Azure signature": ("{w:30}%2F{w:11}%3D", ("https://shop.blob.core.windows.net/a/b?sv=2022-11-02&sp=r&sig=@", 'fetch("https://shop.blob.core.windows.net/a?sig=@&se=2030")')),
    "JDBC password": ("{w:14}", ("jdbc:postgresql://db:5432/shop?user=app&password=@&ssl=true", "spring.datasource.url=jdbc:sqlserver://db;user=app;password=@;encrypt=true")),
    "ADO password": ("{p:14}", ('"Server=db;Database=shop;User Id=app;Password=@;Trusted_Connection=False;"', 'conn = "Host=db;Username=app;Password=@"')),
    "ODBC password": ("{w:12}", ('"Driver={ODBC Driver 18};Server=db;UID=app;PWD=@;"',)),
    "Slack webhook": ("T{U:8}/B{U:10}/{w:24}", ("https://hooks.slack.com/services/@", 'post("https://hooks.slack.com/services/@", json=body)')),
    "Discord webhook": ("{u:68}", ("https://discord.com/api/webhooks/123456789012345678/@", "https://discordapp.com/api/webhooks/123456789012345678/@")),
    "Teams webhook": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}@{h:8}-{h:4}-{h:4}-{h:4}-{h:12}/IncomingWebhook/{h:32}", ("https://acme.webhook.office.com/webhookb2/@",)),
    "Google Chat webhook": ("{u:38}", ("https://chat.googleapis.com/v1/spaces/AAAA/messages?key=AIza&token=@",)),
    "Zapier hook": ("{d:7}/{l:7}", ("https://hooks.zapier.com/hooks/catch/@/",)),
    "signed address": ("{h:64}", ("https://shop.s3.amazonaws.com/a.zip?X-Amz-Expires=60&X-Amz-Signature=@",)),
    "npmrc": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("//registry.example.com/:_authToken=@", "_auth=@")),
    "netrc": ("{p:12}", ("machine api.example.com login deploy password @", "machine api.example.com\n  login deploy\n  password @")),
    "kubeconfig": ("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQp{b:120}", ("    client-key-data: @",)),
    "kubeconfig token": ("{w:80}", ("  user:\n    token: @",)),
    "docker auth": ("{b:30}=", ('  "auths": {"ghcr.io": {"auth": "@"}}',)),
    "curl user": ("{p:12}", ("curl -u deploy:@ https://example.com/upload", "curl -s --user 'deploy:@' https://example.com")),
    "option": ("{p:14}", ("mysqldump --user=root --password=@ shop", "tool login --password @ --host db", "kubectl create secret generic db --from-literal=password=@")),
    "token option": ("{w:32}", ("deploy --token @ --env prod", "deploy --api-key=@", "gh auth login --with-token @")),
    "glued option": ("{w:12}", ("mysql -u root -p@ shop", "mysqldump -h db -p@ shop")),
    "sshpass": ("{w:12}", ("sshpass -p @ ssh root@db", "sshpass -p '@' scp a b:")),
    "docker login": ("{w:36}", ("docker login -u bot -p @ ghcr.io", "docker login ghcr.io -u bot --password @")),
    "Dockerfile": ("{p:16}", ("ENV DB_PASSWORD @", "ENV DB_PASSWORD=@", "ARG NPM_TOKEN=@")),
    "environment of a command": ("{w:14}", ("PGPASSWORD=@ psql -h db -U app", "export AWS_SECRET=@ && make")),
    "bearer header": ("{w:40}", ('headers = {"Authorization": "Bearer @"}', "Authorization: Bearer @", "curl -H 'Authorization: Bearer @' https://example.com")),
    "basic header": ("{b:26}==", ("Authorization: Basic @", '"Authorization": "Basic @"')),
    "token header": ("{h:40}", ("Authorization: token @", "curl -H 'Authorization: Token @' https://example.com")),
    "key header": ("{w:32}", ("curl -H 'X-Api-Key: @' https://example.com", '"x-api-key": "@",', "X-Auth-Token: @")),
    "SQL user": ("{p:12}", ("CREATE USER app IDENTIFIED BY '@';", "ALTER ROLE app WITH PASSWORD '@';", "create user app identified by '@'")),
    "XML": ("{p:12}", ("<password>@</password>", '<add key="SmtpPassword" value="@" />', '<property name="password" value="@"/>')),
    "Kubernetes environment": ("{p:16}", ("- name: DB_PASSWORD\n  value: @", '- name: API_TOKEN\n  value: "@"', '{"name": "API_TOKEN", "value": "@"}')),
    "two lines": ("{p:16}", ('password = (\n    "@"\n)', "const apiToken =\n  '@';", "password: >-\n  @")),
    "call": ("{p:12}", ('user.setPassword("@");', '.password("@")', 'os.environ["API_TOKEN"] = "@"', 'getenv("API_TOKEN", "@")', "define('DB_PASSWORD', '@');")),
    "other languages": ("{p:14}", ("'password' => '@',", 'password := "@"', "password <- '@'", '$env:API_TOKEN = "@"', "TOKEN ?= @", 'static const char *password = "@";')),
    "JSON in a string": ("{w:14}", (r'body = "{\"password\": \"@\"}"', r"payload = '{\"api_key\":\"@\"}'")),
    "comment": ("{w:12}", ("# password: @", "// the db password = @", "<!-- token: @ -->")),
    "mnemonic": ("{words}", ('mnemonic = "@"', 'MNEMONIC="@"', 'const seedPhrase = "@";')),
    "WireGuard": ("{b:43}=", ("PrivateKey = @", "PresharedKey = @")),
    "Sentry address": ("{h:32}", ("SENTRY_DSN=https://@@o12345.ingest.sentry.io/678", 'dsn="https://@@o1.ingest.us.sentry.io/4"')),
    "Laravel key": ("{b:43}=", ("APP_KEY=base64:@",)),
    "OTP address": ("{2:32}", ("otpauth://totp/Acme:me?secret=@&issuer=Acme",)),
    "Ansible vault": ("{h:80}", ("$ANSIBLE_VAULT;1.1;AES256\n@\n",)),
    "openssl": ("{w:12}", ("openssl rsa -in a.pem -passin pass:@",)),
    "private key": ("{b:64}", ("-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----\n@", '"private_key": "-----BEGIN PRIVATE KEY-----\\n@\\n-----END PRIVATE KEY-----\\n",')),
    "end of a private key": ("{b:64}", ("@\n-----END EC PRIVATE KEY-----\n",)),
    "SecureString": ("{p:12}", ('ConvertTo-SecureString "@" -AsPlainText -Force',)),
    "Cloudinary secret": ("{u:27}", ("CLOUDINARY_URL=cloudinary://123456789012345:@@acme", 'url = "cloudinary://123456789012345:@@acme"')),
    "GitLab session": ("{h:32}", ("Cookie: _gitlab_session=@; theme=dark", "curl --cookie '_gitlab_session=@' https://git.example.com")),
    "session cookie": ("{l:32}", ("Cookie: sessionid=@; csrftoken=abc", "'Cookie': 'PHPSESSID=@'")),
    "Sidekiq": ("{h:8}:{h:8}", ("BUNDLE_ENTERPRISE__CONTRIBSYS__COM=@", "https://@@gems.contribsys.com/")),
    "Bundler host": ("{l:8}:{w:20}", ('BUNDLE_GEMS__EXAMPLE__COM: "@"', "bundle config set --global gems.example.com @")),
    "Kubernetes secret": ("{b:30}==", ("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  url: @", "kind: Secret\napiVersion: v1\ntype: Opaque\ndata:\n  username: YWRtaW4=\n  value: @")),
    "Azure function address": ("{u:54}==", ("https://shop.azurewebsites.net/api/order?code=@", 'URL = "https://shop.azurewebsites.net/api/order?code=@&x=1"')),
    "Azure app configuration": ("{b:43}=", ('"Endpoint=https://shop.azconfig.io;Id=abcd-l0-s0:abc;Secret=@"', "AZURE_APPCONFIG=Endpoint=https://shop.azconfig.io;Id=a;Secret=@")),
    "Gradle": ("{p:12}", ('    storePassword "@"', "    keyPassword '@'")),
    "pgpass": ("{w:14}", ("db.internal:5432:shop:app:@", "*:*:*:app:@", "db.internal:*:shop:app:@", "127.0.0.1:5433:*:app:@", "echo 'localhost:*:*:app:@' >> ~/.pgpass")),
    "Vault unseal key": ("{b:43}=", ("Unseal Key 1: @", "vault operator unseal @")),
    "MySQL DSN": ("{w:12}", ('db, err := sql.Open("mysql", "app:@@tcp(db:3306)/shop")', 'DSN = "root:@@tcp(127.0.0.1:3306)/test?parseTime=true"')),
    "Oracle": ("{w:12}", ("sqlplus scott/@@db.internal/shop", 'url = "jdbc:oracle:thin:scott/@@db:1521/shop"')),
    "positional password": ("{p:14}", ('$db = mysqli_connect("localhost", "app", "@", "shop");', 'DriverManager.getConnection(url, "app", "@")', "server.login('me', '@')", "requests.get(url, auth=('app', '@'))", 'new NetworkCredential("app", "@")', "HTTPBasicAuth('app', '@')", "DBI->connect($dsn, 'app', '@')", 'c.auth("app", "@")')),
    "form body": ("{w:14}", ("curl -d 'username=app&password=@' https://example.com/login", 'body = "grant_type=password&username=a&password=@"')),
    "aws configure": ("{b:40}", ("aws configure set aws_secret_access_key @",)),
    "config:set": ("{w:16}", ("heroku config:set DB_PASSWORD=@", "fly secrets set API_TOKEN=@ --app x", "railway variables set STRIPE_SECRET=@")),
    "az login": ("{u:34}", ("az login --service-principal -u app -p @ --tenant t", "az ad sp create -p @")),
    "sqlcmd": ("{p:12}", ("sqlcmd -S db -U sa -P @ -Q 'select 1'", "bcp shop out a.csv -U sa -P @")),
    "mongo shell": ("{w:12}", ("mongo -u root -p @ admin", "mongodump --username root --password @ --db x")),
    "keytool": ("{w:12}", ("keytool -list -keystore a.jks -storepass @", "jarsigner -storepass @ -keypass x a.jar")),
    "archive password": ("{w:12}", ("unzip -P @ backup.zip", "7z x -p@ backup.7z", "zip -P @ -r a.zip a")),
    "ldapsearch": ("{w:12}", ("ldapsearch -x -D cn=admin -w @ -b dc=x", "ldapadd -D cn=admin,dc=x -w '@'")),
    "smbclient": ("{w:12}", ("smbclient //srv/share -U app%@", "mount -t cifs //srv/share /mnt -o username=app,password=@")),
    "Wi-Fi": ("{p:14}", ('    psk="@"', 'network={\n  ssid="home"\n  psk="@"\n}')),
    "Proxmox token": ("{h:8}-{h:4}-{h:4}-{h:4}-{h:12}", ("Authorization: PVEAPIToken=root@pam!ci=@",)),
    "ngrok": ("{w:27}_{w:21}", ("ngrok config add-authtoken @", "authtoken: @")),
    "more key headers": ("{w:32}", ("DD-API-KEY: @", "X-Vault-Token: @", "PRIVATE-TOKEN: @", "X-Shopify-Access-Token: @", "Ocp-Apim-Subscription-Key: @", "api-key: @", "curl -H 'PRIVATE-TOKEN: @' https://x", '"X-RapidAPI-Key": "@"', "apikey: @")),
    "sentryclirc": ("{h:64}", ("[auth]\ntoken=@",)),
    "composer": ("{h:40}", ('{"github-oauth": {"github.com": "@"}}', '"http-basic": {"repo.example.com": {"username": "a", "password": "@"}}')),
    "hardhat": ("0x{h:64}", ('accounts: ["@"],', "new ethers.Wallet('@')", 'Account.from_key("@")')),
    "JWK": ("{u:43}", ('{"kty":"EC","crv":"P-256","x":"abc","y":"def","d":"@"}', '"kty": "OKP", "crv": "Ed25519", "d": "@"')),
    "TSIG": ("{b:43}=", ('key "tsig" { algorithm hmac-sha256; secret "@"; };',)),
    "Cisco": ("{H:22}", ("username admin password 7 @", "enable secret 5 @")),
    "HAProxy": ("{w:14}", ("  stats auth admin:@", "  user admin insecure-password @")),
    "Postfix": ("{w:14}", ("[smtp.example.com]:587 mailer:@",)),
    "OpenVPN static key": ("{h:32}", ("-----BEGIN OpenVPN Static key V1-----\n@\n-----END OpenVPN Static key V1-----",)),
    "git extra header": ("{b:40}", ("git config http.extraheader 'AUTHORIZATION: basic @'", 'git -c http.extraHeader="Authorization: Basic @" fetch')),
    "template string": ("{w:36}", ("headers: { Authorization: `Bearer @` }", "headers.set('Authorization', 'Bearer ' + '@')")),
    "Jenkins": ("11{h:32}", ("java -jar jenkins-cli.jar -auth admin:@ build x", "curl -X POST --user admin:@ https://ci")),
    "NuGet configuration": ("{p:12}", ('<add key="ClearTextPassword" value="@" />',)),
    "passphrase option": ("{w:14}", ("gpg --batch --passphrase @ -d a.gpg", "ssh-keygen -t ed25519 -N @ -f key")),
    "rclone": ("{u:30}", ("[remote]\ntype = sftp\nuser = app\npass = @",)),
    "PowerShell credential": ("{p:12}", ("$password = '@' | ConvertTo-SecureString -AsPlainText -Force", "net use \\\\srv\\share /user:app @")),
}  # fmt: skip

KINDS: tuple[Kind, ...] = (
    *(Kind(name, template) for name, template in _SHAPED.items()),
    *(Kind(name, template, names=names) for name, (template, names) in _NAMED.items()),
    *(Kind(name, template, lines=lines) for name, (template, lines) in _PLACED.items()),
)

ANYWHERE = (
    'client = Client("@", retries=3)', "const client = connect('@', { retries: 3 });", "VALUE=@", "  value: @", '  "value": "@",',
    "# use @ for now", 'client := api.New(ctx, "@")', "run --with @ --fast", "print(f'sent @')", "<a>@</a>", r'"first\n@"',
)  # fmt: skip
"""Lines that say nothing about the secret at ``@``."""

GIVEN = (
    '$ = "@"', "$ = '@'", '    $: "@",', '"$": "@",', "const $ = '@';", 'String $ = "@";', 'connect($="@")', "$=@", "export $=@", 'let $: string = "@";',
    "self.$ = '@'", 'config["$"] = "@"', "$ := `@`",
)  # fmt: skip
"""Ways to give a value to the name at ``$``."""
