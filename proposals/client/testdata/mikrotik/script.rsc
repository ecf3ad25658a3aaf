:local ipsName "RemoteGateway"
:local ipsSecret "REPLACED"
:local ipsPeerAddress "192.0.2.1"

/ip ipsec profile
add dh-group=ecp384 enc-algorithm=aes-256 name="$ipsName"

/ip ipsec proposal
add auth-algorithms=sha256 enc-algorithms=aes-256-cbc pfs-group=ecp384 name="$ipsName"

/ip ipsec peer
add address="$ipsPeerAddress" exchange-mode=ike2 name="$ipsName" profile="$ipsName"

/ip ipsec profile add dh-group=ecp256 prf-algorithm=sha256 nat-traversal=yes proposal-check=obey name "IKE2-PROFILE" 
/ip ipsec profile add name=client hash-algorithm=sha256 enc-algorithm=aes-128 dh-group=ecp256
/ip ipsec peer add address=192.0.2.4/32 exchange-mode=ike2 name=client profile=client

/ip firewall nat
add chain=srcnat action=accept src-address=192.0.2.0/25 dst-address=192.0.2.128/25 place-before=0 \
  comment="[IPsec] $ipsName"
