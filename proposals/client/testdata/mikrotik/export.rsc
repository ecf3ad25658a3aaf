# jan/02/2024 10:00:00 by RouterOS 7.12
# software id = 
#
/interface wireless security-profiles
set [ find default=yes ] supplicant-identity=MikroTik
/ip ipsec mode-config
add name=NordVPN responder=no
/ip ipsec policy group
add name=NordVPN
/ip ipsec profile
set [ find default=yes ] dh-group=modp1024 dpd-interval=2m \
    dpd-maximum-failures=5
add dpd-interval=2m dpd-maximum-failures=5 name=NordVPN
add dh-group=ecp256,modp2048,modp1024 enc-algorithm=aes-256,aes-192,aes-128 \
    name=ike2
add dh-group=ecp521 dpd-interval=2m dpd-maximum-failures=5 enc-algorithm=\
    aes-256 hash-algorithm=sha512 lifetime=1d name=fortigate nat-traversal=no \
    proposal-check=obey
/ip ipsec peer
add address=vpn.example.com disabled=yes exchange-mode=ike2 name=NordVPN \
    profile=NordVPN
add exchange-mode=ike2 name=ike2 passive=yes profile=ike2
add address=192.0.2.1/32 disabled=no exchange-mode=ike2 name=fortigate \
    profile=fortigate send-initial-contact=yes
add address=192.0.2.2/32 exchange-mode=ike2 name=Server
add address=192.0.2.3/32 comment="L2TP\_and others" name=old
/ip ipsec proposal
set [ find default=yes ] disabled=yes
add auth-algorithms="" disabled=no enc-algorithms=aes-256-gcm lifetime=1h name=fortigate pfs-group=ecp521
/ip pool
add name=LAN_DHCP_POOL ranges=192.0.2.10-192.0.2.249
