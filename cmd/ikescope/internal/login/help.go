package login

// Help is what the command login says of itself.
const Help = `Log in to a gateway as a client does, with credentials of yours, and end the
IKE SA at once. Each step is shown: the suite, the proof of who the gateway is,
the EAP method, the credentials, and what comes with the session. The one that
fails is explained, with the error that Windows would show.

Credentials are in a YAML file that only you can read (chmod 600):

  method: eap-mschapv2      or eap-md5, eap-gtc, eap-peap, eap-ttls,
                            eap-ttls-mschapv2, eap-ttls-pap, eap-tls, psk,
                            certificate
  user: carol
  password: ...             if it is missing, you are asked for it

and, for the others, psk, certificate and key (files in PEM, DER or PKCS #12),
identity, remote_identity, eap_server, signature (rsa-pkcs1 or rsa-pss). What
the file lacks is taken from the environment, as IKESCOPE_PASSWORD. There are no
flags for secrets.

With --esp and --ike it asks before it logs out which suites Child SAs may have,
and which the IKE SA may be rekeyed with, in ways that set up neither.

With --watch-rekey it stays logged in, with a Child SA that carries nothing,
until the gateway rekeys, and shows after how long that is and which proposals
the gateway sends, in its order. The rekeying is put off with TEMPORARY_FAILURE.

A gateway that does not prove to be TARGET, or the remote_identity, gets no
password. It is tried once: a wrong password is never sent twice. The gateway
logs the login as any other, and may count a failed one against the user.`
