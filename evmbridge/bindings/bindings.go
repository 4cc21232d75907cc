// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bindings

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// Config is an auto generated low-level Go binding around an user-defined struct.
type Config struct {
	Spv       common.Address
	Book      common.Address
	LotToken  common.Address
	Committee common.Address
	Bond      common.Address
	SeriesCap uint64
	TotalCap  uint64
	MinFee    uint64
}

// Inclusion is an auto generated low-level Go binding around an user-defined struct.
type Inclusion struct {
	Txid      [32]byte
	BlockHash [32]byte
	Height    uint32
	Conf      uint32
}

// Proof is an auto generated low-level Go binding around an user-defined struct.
type Proof struct {
	Chain            []byte
	Hops             *big.Int
	RawTx            []byte
	Siblings         [][32]byte
	Index            *big.Int
	CoinbaseMid      [32]byte
	CoinbaseSiblings [][32]byte
}

// Redemption is an auto generated low-level Go binding around an user-defined struct.
type Redemption struct {
	Id       [32]byte
	Lot      bool
	Owner    common.Address
	Amount   uint64
	Sats     uint64
	MaxFee   uint64
	Deadline uint64
	Nonce    uint64
	Script   []byte
}

// SeriesFacts is an auto generated low-level Go binding around an user-defined struct.
type SeriesFacts struct {
	Token          common.Address
	Range          *big.Int
	MinRefundPpm   *big.Int
	Long           bool
	RefundLocktime *big.Int
	Expiry         *big.Int
	PricedAt       *big.Int
	Distance       *big.Int
}

// SeriesInfo is an auto generated low-level Go binding around an user-defined struct.
type SeriesInfo struct {
	Id       [32]byte
	FirstDay uint32
	LastDay  uint32
	Lo       uint64
	Hi       uint64
	Put      bool
	Long     bool
}

// SeriesKey is an auto generated low-level Go binding around an user-defined struct.
type SeriesKey struct {
	IndexParams    [32]byte
	FirstDay       uint32
	LastDay        uint32
	Events         [][32]byte
	Threshold      uint8
	Shape          uint8
	Long           bool
	Base           uint64
	Lo             uint64
	Hi             uint64
	QuantBits      uint8
	RefundLocktime uint32
	MinRefundPpm   uint32
}

// Terms is an auto generated low-level Go binding around an user-defined struct.
type Terms struct {
	SeriesId    [32]byte
	FundingTxid [32]byte
	FundingVout uint32
	Collateral  uint64
	Notional    uint32
	RefundSats  uint64
	RefundTxid  [32]byte
	CetRoot     [32]byte
	VaultScript []byte
	VaultSalt   [32]byte
}

// BondMetaData contains all meta data concerning the Bond contract.
var BondMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"asset_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"bridge_\",\"type\":\"address\"},{\"internalType\":\"contractCommittee\",\"name\":\"committee_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadAsset\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BondTooLow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MintIsHalted\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotBridge\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFinal\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotPayer\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooEarly\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"BondPosted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"BondReleased\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Forfeited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint128\",\"name\":\"shares\",\"type\":\"uint128\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"}],\"name\":\"NoticeGiven\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"asset\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bridge\",\"outputs\":[{\"internalType\":\"contractIBonded\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"committee\",\"outputs\":[{\"internalType\":\"contractCommittee\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"draw\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"taken\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"forfeit\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"taken\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"generation\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint88\",\"name\":\"shares\",\"type\":\"uint88\"}],\"name\":\"giveNotice\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"lotBonds\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"operatorBond\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"gen\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"parts\",\"outputs\":[{\"internalType\":\"uint128\",\"name\":\"shares\",\"type\":\"uint128\"},{\"internalType\":\"uint88\",\"name\":\"notice\",\"type\":\"uint88\"},{\"internalType\":\"uint40\",\"name\":\"noticeAt\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"payPot\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"payerOf\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"lotNeed\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"operatorNeed\",\"type\":\"uint256\"}],\"name\":\"pledge\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pledged\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"postLot\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"postOperator\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"}],\"name\":\"posted\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pots\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"surplus\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"totalShares\",\"outputs\":[{\"internalType\":\"uint128\",\"name\":\"\",\"type\":\"uint128\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"unpledged\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"withdrawLot\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "56ec75f34c502737b46822aacce319e299",
	Bin: "0x60e0806040523461018357606081611e3f803803809161001f82856101c8565b83398101031261018357610032816101eb565b906040610041602083016101eb565b910151916001600160a01b03831691828403610183576001600160a01b03169182159081156101bf575b506101b0575f80604051602081019063313ce56760e01b8252600481526100936024826101c8565b5190845afa3d156101a8573d906001600160401b03821161019457604051916100c6601f8201601f1916602001846101c8565b82523d5f602084013e5b15908115610187575b8115610166575b506101575760805260a05260c052604051611c3f9081610200823960805181818161108701528181611a550152611b61015260a05181818161014401528181610338015281816108d001528181610e53015281816110df015281816117300152611947015260c0518181816103e40152610b420152f35b633640530560e01b5f5260045ffd5b90506020818051810103126101835760200151600814155f6100e0565b5f80fd5b80516020141591506100d9565b634e487b7160e01b5f52604160045260245ffd5b6060906100d0565b6301f30c8760e21b5f5260045ffd5b9050155f61006b565b601f909101601f19168101906001600160401b0382119082101761019457604052565b51906001600160a01b03821682036101835756fe60806040526004361015610011575f80fd5b5f3560e01c806313888565146117e657806317219522146117bc5780631953f8d2146116df578063207a0c7a146115765780632410827314611536578063365d6c491461137c5780633708054c146110ab57806338d52e0f1461105b57806339b8b076146110355780633a98ef39146110065780633b30414714610e285780633ccfd60b14610aef5780634b9ed83e14610a5c578063a654cfab14610a3d578063aaa4a5c914610723578063ac6bf85f146104ab578063aeafca2e14610482578063b238267d14610431578063d028ddd114610408578063d864e740146103b8578063dd62f4231461035c578063e78cea921461030c5763f7c66c1514610116575f80fd5b346103085760406003193601126103085760043560243573ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001633036102e057816020925f52600283526101f560405f2067ffffffffffffffff815460a01c16938481105f146102d55767ffffffffffffffff6101a9911680956119e6565b7fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b5f5467ffffffffffffffff6fffffffffffffffff000000000000000061022085838560401c166119e6565b60401b1693169277ffffffffffffffff0000000000000000ffffffffffffffff7fffffffffffffffff00000000000000000000000000000000000000000000000061029a61029587857fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff88161760c01c611851565b611b43565b60c01b16921617175f557f142005edc9e752f3ceb976b31f55b37b6e25d5e0dc1cb42294a456a4f540a5f183604051848152a2604051908152f35b506101a984806119e6565b7f7fea9dc5000000000000000000000000000000000000000000000000000000005f5260045ffd5b5f80fd5b34610308575f60031936011261030857602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b3461030857604060031936011261030857610375611800565b6004355f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602067ffffffffffffffff60405f205416604051908152f35b34610308575f60031936011261030857602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610308575f60031936011261030857602067ffffffffffffffff5f5460801c16604051908152f35b34610308576020600319360112610308576004355f5260026020526040805f205467ffffffffffffffff82519173ffffffffffffffffffffffffffffffffffffffff8116835260a01c166020820152f35b34610308575f60031936011261030857602067ffffffffffffffff5f5460401c16604051908152f35b346103085760406003193601126103085760043567ffffffffffffffff6104d0611823565b168015801561071b575b6106f357815f52600260205260405f2091825473ffffffffffffffffffffffffffffffffffffffff811680155f146106485750506106469250805f52600360205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f526020526105566102958367ffffffffffffffff60405f205416611851565b815f52600360205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205267ffffffffffffffff60405f2091167fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000008254161790555f547fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff77ffffffffffffffff0000000000000000000000000000000061060a6102958667ffffffffffffffff8660801c16611851565b60801b169116175f555b604051908282527fba888f057439a6785f260341651fc3cb01ab8fd284fff2afd4eb1a08b560cf7160203393a3611b5f565b005b33036106cb57610646936101a96102958567ffffffffffffffff61066f9560a01c16611851565b5f547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000006106bd6102958667ffffffffffffffff8660401c16611851565b60401b169116175f55610614565b7f1435e357000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffd5b5081156104da565b34610308576020600319360112610308576004355f81815260036020908152604080832033845290915290205467ffffffffffffffff16801561085a5790602091815f526003835260405f2073ffffffffffffffffffffffffffffffffffffffff33165f52835260405f207fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000081541690555f547fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff77ffffffffffffffff000000000000000000000000000000006108078467ffffffffffffffff8560801c166119e6565b60801b169116175f555b67ffffffffffffffff6040519116918282527fa5dce915e7061b399c19faebc8308c497d2f02ed055384d3bf286445b556a2de843393a36108528133611a52565b604051908152f35b50805f52600260205260405f209081543373ffffffffffffffffffffffffffffffffffffffff8216036106cb576040517f84948fdd00000000000000000000000000000000000000000000000000000000815282600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610a32575f91610a03575b50156109db5767ffffffffffffffff6109176118e9565b9160a01c16908082105f146109cc5750805b809167ffffffffffffffff8216156109a4576020946101a98361094b936119e6565b7fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000006109965f549367ffffffffffffffff8560401c166119e6565b60401b169116175f55610811565b7f6e360f94000000000000000000000000000000000000000000000000000000005f5260045ffd5b67ffffffffffffffff16610929565b7fd7c25c79000000000000000000000000000000000000000000000000000000005f5260045ffd5b610a25915060203d602011610a2b575b610a1d818361185e565b810190611a08565b84610900565b503d610a13565b6040513d5f823e3d90fd5b34610308575f6003193601126103085760205f5460c01c604051908152f35b3461030857604060031936011261030857610a7561183a565b67ffffffffffffffff610a86611800565b91165f52600460205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052606060405f2054604051906fffffffffffffffffffffffffffffffff811682526affffffffffffffffffffff8160801c16602083015260d81c6040820152f35b34610308575f600319360112610308576040517fb9b8af0b00000000000000000000000000000000000000000000000000000000815260208160048173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610a32575f91610e09575b50610de15760015467ffffffffffffffff8160801c165f52600460205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260405f208054916affffffffffffffffffffff8360801c16908360d81c621275008101808211610da9578315918215610dd6575b8215610d93575b5050610d6b57610c2367ffffffffffffffff916fffffffffffffffffffffffffffffffff610c1b845f54168661189f565b9116906118b2565b169182158015610d5b575b6109a4576fffffffffffffffffffffffffffffffff610c51838260209716611a20565b167fffffffffffffffffffffffffffffffff000000000000000000000000000000008254161781557fffffffffff0000000000000000000000ffffffffffffffffffffffffffffffff81541690557fffffffffffffffffffffffffffffffff000000000000000000000000000000006fffffffffffffffffffffffffffffffff610ce060015493828516611a20565b169116176001555f547fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000067ffffffffffffffff610d1f848285166119e6565b169116175f556040518181525f7fa5dce915e7061b399c19faebc8308c497d2f02ed055384d3bf286445b556a2de843393a36108528133611a52565b50610d646118e9565b8311610c2e565b7f085de625000000000000000000000000000000000000000000000000000000005f5260045ffd5b6224ea000191508110610da95742118580610bea565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b915080421091610be3565b7f9afb348c000000000000000000000000000000000000000000000000000000005f5260045ffd5b610e22915060203d602011610a2b57610a1d818361185e565b81610b72565b346103085760206003193601126103085760043573ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001633036102e0575f549067ffffffffffffffff82169081811015610ff15767ffffffffffffffff610ea78180931680946119e6565b169116918177ffffffffffffffffffffffffffffffff00000000000000007fffffffffffffffff000000000000000000000000000000000000000000000000610f1a61029587857fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000088161760c01c611851565b60c01b16921617175f551580610fd4575b610f65575b6020905f7f142005edc9e752f3ceb976b31f55b37b6e25d5e0dc1cb42294a456a4f540a5f183604051848152a2604051908152f35b6001549067ffffffffffffffff8260801c169167ffffffffffffffff8314610da9577fffffffffffffffff00000000000000000000000000000000000000000000000016600192830160801b77ffffffffffffffff000000000000000000000000000000001617909155610f30565b506fffffffffffffffffffffffffffffffff600154161515610f2b565b5067ffffffffffffffff80610ea783806119e6565b34610308575f6003193601126103085760206fffffffffffffffffffffffffffffffff60015416604051908152f35b34610308575f60031936011261030857602067ffffffffffffffff5f5416604051908152f35b34610308575f60031936011261030857602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610308576080600319360112610308576004356110c7611800565b9073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001633036102e057805f52600360205260405f2073ffffffffffffffffffffffffffffffffffffffff83165f5260205267ffffffffffffffff60405f2054169160443583108015611366575b6109a457815f52600360205260405f2073ffffffffffffffffffffffffffffffffffffffff82165f5260205260405f207fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000815416905560405190604082019282841067ffffffffffffffff8511176113395773ffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff926112849560405216835260208301908582525f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f209351167fffffffffffffffffffffffff000000000000000000000000000000000000000084541617835551167fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b5f54907fffffffffffffffff00000000000000000000000000000000ffffffffffffffff6fffffffffffffffff000000000000000061132b61029577ffffffffffffffff000000000000000000000000000000006112ef8667ffffffffffffffff8960801c166119e6565b60801b169467ffffffffffffffff867fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff89161760401c16611851565b60401b16921617175f555f80f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b5060643567ffffffffffffffff5f541610611149565b346103085760206003193601126103085767ffffffffffffffff61139e61183a565b1680156106f357600154906fffffffffffffffffffffffffffffffff8216806115125750805b80156106f35767ffffffffffffffff6106469360801c165f52600460205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260405f206fffffffffffffffffffffffffffffffff61142c6114278483855416611851565b611b17565b167fffffffffffffffffffffffffffffffff000000000000000000000000000000008254161790557fffffffffffffffffffffffffffffffff000000000000000000000000000000006fffffffffffffffffffffffffffffffff61149861142760015494838616611851565b169116176001555f547fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000067ffffffffffffffff6114da61029585838616611851565b169116175f556040518181525f7fba888f057439a6785f260341651fc3cb01ab8fd284fff2afd4eb1a08b560cf7160203393a3611b5f565b61151f611531918361189f565b67ffffffffffffffff5f5416906118b2565b6113c4565b34610308576020600319360112610308576004355f526002602052602073ffffffffffffffffffffffffffffffffffffffff60405f205416604051908152f35b34610308576020600319360112610308576004356affffffffffffffffffffff8116908181036103085767ffffffffffffffff60015460801c165f52600460205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260405f20906fffffffffffffffffffffffffffffffff82541683116109a4577fffffffffff0000000000000000000000ffffffffffffffffffffffffffffffff7affffffffffffffffffffff0000000000000000000000000000000083549260801b16911617815564ffffffffff42116106f35780547affffffffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffff0000000000000000000000000000000000000000000000000000004260d81b169116179055621275004201804211610da95767ffffffffffffffff906040519283521660208201527f2de43b3befcd9d8eccbb6ec4e2ec173a71fe45225437e6ead7b1ce4e6c4c328c60403392a2005b346103085760406003193601126103085760043573ffffffffffffffffffffffffffffffffffffffff8116810361030857611718611823565b9073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001633036102e05767ffffffffffffffff610646925f5477ffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffffffffff0000000000000000000000000000000000000000000000006117ac848460c01c6119e6565b60c01b169116175f551690611a52565b34610308575f60031936011261030857602067ffffffffffffffff60015460801c16604051908152f35b34610308575f6003193601126103085760206108526118e9565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361030857565b6024359067ffffffffffffffff8216820361030857565b6004359067ffffffffffffffff8216820361030857565b91908201809211610da957565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761133957604052565b81810292918115918404141715610da957565b81156118bc570490565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b6119045f5467ffffffffffffffff808260401c169116611851565b6040517febf7a41e00000000000000000000000000000000000000000000000000000000815260208160048173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610a32575f916119b4575b50600b810290808204600b1490151715610da95760098101809111610da957600a9004808211156119ae578103908111610da95790565b50505f90565b90506020813d6020116119de575b816119cf6020938361185e565b8101031261030857515f611977565b3d91506119c2565b9067ffffffffffffffff8091169116039067ffffffffffffffff8211610da957565b90816020910312610308575180151581036103085790565b906fffffffffffffffffffffffffffffffff809116911603906fffffffffffffffffffffffffffffffff8211610da957565b907f000000000000000000000000000000000000000000000000000000000000000090611a7f3083611c04565b92601452806034526fa9059cbb0000000000000000000000005f5260205f6044601082865af18060015f51141615611af9575b50611ac5611aca925f6034523090611c04565b611851565b03611ad157565b7f36405305000000000000000000000000000000000000000000000000000000005f5260045ffd5b3d833b15171015611b0a575f611ab2565b6390b8ec185f526004601cfd5b6fffffffffffffffffffffffffffffffff81116106f3576fffffffffffffffffffffffffffffffff1690565b67ffffffffffffffff81116106f35767ffffffffffffffff1690565b7f0000000000000000000000000000000000000000000000000000000000000000611b8a3082611c04565b9160405181606052306040523360601b602c526f23b872dd000000000000000000000000600c5260205f6064601c82875af18060015f51141615611be6575b50611aca92611be0915f6060526040523090611c04565b92611851565b3d843b15171015611bf7575f611bc9565b637939f4245f526004601cfd5b602460106020939284936014526f70a082310000000000000000000000005f525afa601f3d1116602051029056fea164736f6c6343000825000a",
}

// Bond is an auto generated Go binding around an Ethereum contract.
type Bond struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Bond) GetABI() abi.ABI {
	return c.abi
}

// NewBond creates a new instance of Bond.
func NewBond() *Bond {
	parsed, err := BondMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Bond{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Bond) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address asset_, address bridge_, address committee_) returns()
func (bond *Bond) PackConstructor(asset_ common.Address, bridge_ common.Address, committee_ common.Address) []byte {
	enc, err := bond.abi.Pack("", asset_, bridge_, committee_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAsset is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x38d52e0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function asset() view returns(address)
func (bond *Bond) PackAsset() []byte {
	enc, err := bond.abi.Pack("asset")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAsset is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x38d52e0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function asset() view returns(address)
func (bond *Bond) TryPackAsset() ([]byte, error) {
	return bond.abi.Pack("asset")
}

// UnpackAsset is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x38d52e0f.
//
// Solidity: function asset() view returns(address)
func (bond *Bond) UnpackAsset(data []byte) (common.Address, error) {
	out, err := bond.abi.Unpack("asset", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bridge() view returns(address)
func (bond *Bond) PackBridge() []byte {
	enc, err := bond.abi.Pack("bridge")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bridge() view returns(address)
func (bond *Bond) TryPackBridge() ([]byte, error) {
	return bond.abi.Pack("bridge")
}

// UnpackBridge is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe78cea92.
//
// Solidity: function bridge() view returns(address)
func (bond *Bond) UnpackBridge(data []byte) (common.Address, error) {
	out, err := bond.abi.Unpack("bridge", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function committee() view returns(address)
func (bond *Bond) PackCommittee() []byte {
	enc, err := bond.abi.Pack("committee")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function committee() view returns(address)
func (bond *Bond) TryPackCommittee() ([]byte, error) {
	return bond.abi.Pack("committee")
}

// UnpackCommittee is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd864e740.
//
// Solidity: function committee() view returns(address)
func (bond *Bond) UnpackCommittee(data []byte) (common.Address, error) {
	out, err := bond.abi.Unpack("committee", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b304147.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function draw(uint256 amount) returns(uint64 taken)
func (bond *Bond) PackDraw(amount *big.Int) []byte {
	enc, err := bond.abi.Pack("draw", amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b304147.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function draw(uint256 amount) returns(uint64 taken)
func (bond *Bond) TryPackDraw(amount *big.Int) ([]byte, error) {
	return bond.abi.Pack("draw", amount)
}

// UnpackDraw is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3b304147.
//
// Solidity: function draw(uint256 amount) returns(uint64 taken)
func (bond *Bond) UnpackDraw(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("draw", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackForfeit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf7c66c15.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function forfeit(bytes32 lotId, uint256 amount) returns(uint64 taken)
func (bond *Bond) PackForfeit(lotId [32]byte, amount *big.Int) []byte {
	enc, err := bond.abi.Pack("forfeit", lotId, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackForfeit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf7c66c15.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function forfeit(bytes32 lotId, uint256 amount) returns(uint64 taken)
func (bond *Bond) TryPackForfeit(lotId [32]byte, amount *big.Int) ([]byte, error) {
	return bond.abi.Pack("forfeit", lotId, amount)
}

// UnpackForfeit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf7c66c15.
//
// Solidity: function forfeit(bytes32 lotId, uint256 amount) returns(uint64 taken)
func (bond *Bond) UnpackForfeit(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("forfeit", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackGeneration is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17219522.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function generation() view returns(uint64)
func (bond *Bond) PackGeneration() []byte {
	enc, err := bond.abi.Pack("generation")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGeneration is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17219522.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function generation() view returns(uint64)
func (bond *Bond) TryPackGeneration() ([]byte, error) {
	return bond.abi.Pack("generation")
}

// UnpackGeneration is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x17219522.
//
// Solidity: function generation() view returns(uint64)
func (bond *Bond) UnpackGeneration(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("generation", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackGiveNotice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x207a0c7a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function giveNotice(uint88 shares) returns()
func (bond *Bond) PackGiveNotice(shares *big.Int) []byte {
	enc, err := bond.abi.Pack("giveNotice", shares)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGiveNotice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x207a0c7a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function giveNotice(uint88 shares) returns()
func (bond *Bond) TryPackGiveNotice(shares *big.Int) ([]byte, error) {
	return bond.abi.Pack("giveNotice", shares)
}

// PackLotBonds is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb238267d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lotBonds(bytes32 lotId) view returns(address payer, uint64 amount)
func (bond *Bond) PackLotBonds(lotId [32]byte) []byte {
	enc, err := bond.abi.Pack("lotBonds", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLotBonds is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb238267d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lotBonds(bytes32 lotId) view returns(address payer, uint64 amount)
func (bond *Bond) TryPackLotBonds(lotId [32]byte) ([]byte, error) {
	return bond.abi.Pack("lotBonds", lotId)
}

// LotBondsOutput serves as a container for the return parameters of contract
// method LotBonds.
type LotBondsOutput struct {
	Payer  common.Address
	Amount uint64
}

// UnpackLotBonds is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb238267d.
//
// Solidity: function lotBonds(bytes32 lotId) view returns(address payer, uint64 amount)
func (bond *Bond) UnpackLotBonds(data []byte) (LotBondsOutput, error) {
	out, err := bond.abi.Unpack("lotBonds", data)
	outstruct := new(LotBondsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Payer = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Amount = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackOperatorBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x39b8b076.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function operatorBond() view returns(uint64)
func (bond *Bond) PackOperatorBond() []byte {
	enc, err := bond.abi.Pack("operatorBond")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOperatorBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x39b8b076.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function operatorBond() view returns(uint64)
func (bond *Bond) TryPackOperatorBond() ([]byte, error) {
	return bond.abi.Pack("operatorBond")
}

// UnpackOperatorBond is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x39b8b076.
//
// Solidity: function operatorBond() view returns(uint64)
func (bond *Bond) UnpackOperatorBond(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("operatorBond", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackParts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4b9ed83e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function parts(uint64 gen, address operator) view returns(uint128 shares, uint88 notice, uint40 noticeAt)
func (bond *Bond) PackParts(gen uint64, operator common.Address) []byte {
	enc, err := bond.abi.Pack("parts", gen, operator)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4b9ed83e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function parts(uint64 gen, address operator) view returns(uint128 shares, uint88 notice, uint40 noticeAt)
func (bond *Bond) TryPackParts(gen uint64, operator common.Address) ([]byte, error) {
	return bond.abi.Pack("parts", gen, operator)
}

// PartsOutput serves as a container for the return parameters of contract
// method Parts.
type PartsOutput struct {
	Shares   *big.Int
	Notice   *big.Int
	NoticeAt *big.Int
}

// UnpackParts is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4b9ed83e.
//
// Solidity: function parts(uint64 gen, address operator) view returns(uint128 shares, uint88 notice, uint40 noticeAt)
func (bond *Bond) UnpackParts(data []byte) (PartsOutput, error) {
	out, err := bond.abi.Unpack("parts", data)
	outstruct := new(PartsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Shares = abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	outstruct.Notice = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	outstruct.NoticeAt = abi.ConvertType(out[2], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackPayPot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1953f8d2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function payPot(address to, uint64 amount) returns()
func (bond *Bond) PackPayPot(to common.Address, amount uint64) []byte {
	enc, err := bond.abi.Pack("payPot", to, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPayPot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1953f8d2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function payPot(address to, uint64 amount) returns()
func (bond *Bond) TryPackPayPot(to common.Address, amount uint64) ([]byte, error) {
	return bond.abi.Pack("payPot", to, amount)
}

// PackPayerOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24108273.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function payerOf(bytes32 lotId) view returns(address)
func (bond *Bond) PackPayerOf(lotId [32]byte) []byte {
	enc, err := bond.abi.Pack("payerOf", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPayerOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24108273.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function payerOf(bytes32 lotId) view returns(address)
func (bond *Bond) TryPackPayerOf(lotId [32]byte) ([]byte, error) {
	return bond.abi.Pack("payerOf", lotId)
}

// UnpackPayerOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x24108273.
//
// Solidity: function payerOf(bytes32 lotId) view returns(address)
func (bond *Bond) UnpackPayerOf(data []byte) (common.Address, error) {
	out, err := bond.abi.Unpack("payerOf", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPledge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3708054c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pledge(bytes32 lotId, address payer, uint256 lotNeed, uint256 operatorNeed) returns()
func (bond *Bond) PackPledge(lotId [32]byte, payer common.Address, lotNeed *big.Int, operatorNeed *big.Int) []byte {
	enc, err := bond.abi.Pack("pledge", lotId, payer, lotNeed, operatorNeed)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPledge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3708054c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pledge(bytes32 lotId, address payer, uint256 lotNeed, uint256 operatorNeed) returns()
func (bond *Bond) TryPackPledge(lotId [32]byte, payer common.Address, lotNeed *big.Int, operatorNeed *big.Int) ([]byte, error) {
	return bond.abi.Pack("pledge", lotId, payer, lotNeed, operatorNeed)
}

// PackPledged is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaeafca2e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pledged() view returns(uint64)
func (bond *Bond) PackPledged() []byte {
	enc, err := bond.abi.Pack("pledged")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPledged is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaeafca2e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pledged() view returns(uint64)
func (bond *Bond) TryPackPledged() ([]byte, error) {
	return bond.abi.Pack("pledged")
}

// UnpackPledged is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xaeafca2e.
//
// Solidity: function pledged() view returns(uint64)
func (bond *Bond) UnpackPledged(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("pledged", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPostLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac6bf85f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postLot(bytes32 lotId, uint64 amount) returns()
func (bond *Bond) PackPostLot(lotId [32]byte, amount uint64) []byte {
	enc, err := bond.abi.Pack("postLot", lotId, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac6bf85f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postLot(bytes32 lotId, uint64 amount) returns()
func (bond *Bond) TryPackPostLot(lotId [32]byte, amount uint64) ([]byte, error) {
	return bond.abi.Pack("postLot", lotId, amount)
}

// PackPostOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x365d6c49.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postOperator(uint64 amount) returns()
func (bond *Bond) PackPostOperator(amount uint64) []byte {
	enc, err := bond.abi.Pack("postOperator", amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x365d6c49.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postOperator(uint64 amount) returns()
func (bond *Bond) TryPackPostOperator(amount uint64) ([]byte, error) {
	return bond.abi.Pack("postOperator", amount)
}

// PackPosted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62f423.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function posted(bytes32 lotId, address payer) view returns(uint64)
func (bond *Bond) PackPosted(lotId [32]byte, payer common.Address) []byte {
	enc, err := bond.abi.Pack("posted", lotId, payer)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPosted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62f423.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function posted(bytes32 lotId, address payer) view returns(uint64)
func (bond *Bond) TryPackPosted(lotId [32]byte, payer common.Address) ([]byte, error) {
	return bond.abi.Pack("posted", lotId, payer)
}

// UnpackPosted is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xdd62f423.
//
// Solidity: function posted(bytes32 lotId, address payer) view returns(uint64)
func (bond *Bond) UnpackPosted(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("posted", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPots is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa654cfab.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pots() view returns(uint64)
func (bond *Bond) PackPots() []byte {
	enc, err := bond.abi.Pack("pots")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPots is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa654cfab.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pots() view returns(uint64)
func (bond *Bond) TryPackPots() ([]byte, error) {
	return bond.abi.Pack("pots")
}

// UnpackPots is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa654cfab.
//
// Solidity: function pots() view returns(uint64)
func (bond *Bond) UnpackPots(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("pots", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackSurplus is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x13888565.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function surplus() view returns(uint256)
func (bond *Bond) PackSurplus() []byte {
	enc, err := bond.abi.Pack("surplus")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSurplus is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x13888565.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function surplus() view returns(uint256)
func (bond *Bond) TryPackSurplus() ([]byte, error) {
	return bond.abi.Pack("surplus")
}

// UnpackSurplus is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x13888565.
//
// Solidity: function surplus() view returns(uint256)
func (bond *Bond) UnpackSurplus(data []byte) (*big.Int, error) {
	out, err := bond.abi.Unpack("surplus", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackTotalShares is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a98ef39.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function totalShares() view returns(uint128)
func (bond *Bond) PackTotalShares() []byte {
	enc, err := bond.abi.Pack("totalShares")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTotalShares is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3a98ef39.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function totalShares() view returns(uint128)
func (bond *Bond) TryPackTotalShares() ([]byte, error) {
	return bond.abi.Pack("totalShares")
}

// UnpackTotalShares is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3a98ef39.
//
// Solidity: function totalShares() view returns(uint128)
func (bond *Bond) UnpackTotalShares(data []byte) (*big.Int, error) {
	out, err := bond.abi.Unpack("totalShares", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackUnpledged is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd028ddd1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unpledged() view returns(uint64)
func (bond *Bond) PackUnpledged() []byte {
	enc, err := bond.abi.Pack("unpledged")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnpledged is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd028ddd1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unpledged() view returns(uint64)
func (bond *Bond) TryPackUnpledged() ([]byte, error) {
	return bond.abi.Pack("unpledged")
}

// UnpackUnpledged is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd028ddd1.
//
// Solidity: function unpledged() view returns(uint64)
func (bond *Bond) UnpackUnpledged(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("unpledged", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ccfd60b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw() returns(uint64 amount)
func (bond *Bond) PackWithdraw() []byte {
	enc, err := bond.abi.Pack("withdraw")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ccfd60b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw() returns(uint64 amount)
func (bond *Bond) TryPackWithdraw() ([]byte, error) {
	return bond.abi.Pack("withdraw")
}

// UnpackWithdraw is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3ccfd60b.
//
// Solidity: function withdraw() returns(uint64 amount)
func (bond *Bond) UnpackWithdraw(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("withdraw", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackWithdrawLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaaa4a5c9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdrawLot(bytes32 lotId) returns(uint64 amount)
func (bond *Bond) PackWithdrawLot(lotId [32]byte) []byte {
	enc, err := bond.abi.Pack("withdrawLot", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdrawLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaaa4a5c9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdrawLot(bytes32 lotId) returns(uint64 amount)
func (bond *Bond) TryPackWithdrawLot(lotId [32]byte) ([]byte, error) {
	return bond.abi.Pack("withdrawLot", lotId)
}

// UnpackWithdrawLot is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xaaa4a5c9.
//
// Solidity: function withdrawLot(bytes32 lotId) returns(uint64 amount)
func (bond *Bond) UnpackWithdrawLot(data []byte) (uint64, error) {
	out, err := bond.abi.Unpack("withdrawLot", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// BondBondPosted represents a BondPosted event raised by the Bond contract.
type BondBondPosted struct {
	LotId  [32]byte
	Payer  common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const BondBondPostedEventName = "BondPosted"

// ContractEventName returns the user-defined event name.
func (BondBondPosted) ContractEventName() string {
	return BondBondPostedEventName
}

// UnpackBondPostedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event BondPosted(bytes32 indexed lotId, address indexed payer, uint64 amount)
func (bond *Bond) UnpackBondPostedEvent(log *types.Log) (*BondBondPosted, error) {
	event := "BondPosted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bond.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BondBondPosted)
	if len(log.Data) > 0 {
		if err := bond.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bond.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BondBondReleased represents a BondReleased event raised by the Bond contract.
type BondBondReleased struct {
	LotId  [32]byte
	Payer  common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const BondBondReleasedEventName = "BondReleased"

// ContractEventName returns the user-defined event name.
func (BondBondReleased) ContractEventName() string {
	return BondBondReleasedEventName
}

// UnpackBondReleasedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event BondReleased(bytes32 indexed lotId, address indexed payer, uint64 amount)
func (bond *Bond) UnpackBondReleasedEvent(log *types.Log) (*BondBondReleased, error) {
	event := "BondReleased"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bond.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BondBondReleased)
	if len(log.Data) > 0 {
		if err := bond.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bond.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BondForfeited represents a Forfeited event raised by the Bond contract.
type BondForfeited struct {
	LotId  [32]byte
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const BondForfeitedEventName = "Forfeited"

// ContractEventName returns the user-defined event name.
func (BondForfeited) ContractEventName() string {
	return BondForfeitedEventName
}

// UnpackForfeitedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Forfeited(bytes32 indexed lotId, uint64 amount)
func (bond *Bond) UnpackForfeitedEvent(log *types.Log) (*BondForfeited, error) {
	event := "Forfeited"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bond.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BondForfeited)
	if len(log.Data) > 0 {
		if err := bond.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bond.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BondNoticeGiven represents a NoticeGiven event raised by the Bond contract.
type BondNoticeGiven struct {
	Operator common.Address
	Shares   *big.Int
	From     uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const BondNoticeGivenEventName = "NoticeGiven"

// ContractEventName returns the user-defined event name.
func (BondNoticeGiven) ContractEventName() string {
	return BondNoticeGivenEventName
}

// UnpackNoticeGivenEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event NoticeGiven(address indexed operator, uint128 shares, uint64 from)
func (bond *Bond) UnpackNoticeGivenEvent(log *types.Log) (*BondNoticeGiven, error) {
	event := "NoticeGiven"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bond.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BondNoticeGiven)
	if len(log.Data) > 0 {
		if err := bond.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bond.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (bond *Bond) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], bond.abi.Errors["BadAsset"].ID.Bytes()[:4]) {
		return bond.UnpackBadAssetError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return bond.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["BondTooLow"].ID.Bytes()[:4]) {
		return bond.UnpackBondTooLowError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["MintIsHalted"].ID.Bytes()[:4]) {
		return bond.UnpackMintIsHaltedError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["NotBridge"].ID.Bytes()[:4]) {
		return bond.UnpackNotBridgeError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["NotFinal"].ID.Bytes()[:4]) {
		return bond.UnpackNotFinalError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["NotPayer"].ID.Bytes()[:4]) {
		return bond.UnpackNotPayerError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return bond.UnpackOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], bond.abi.Errors["TooEarly"].ID.Bytes()[:4]) {
		return bond.UnpackTooEarlyError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// BondBadAsset represents a BadAsset error raised by the Bond contract.
type BondBadAsset struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadAsset()
func BondBadAssetErrorID() common.Hash {
	return common.HexToHash("0x36405305c0ac22a84691e5bc1ac4ac7464366163f7b023ea3b9b627008607c71")
}

// UnpackBadAssetError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadAsset()
func (bond *Bond) UnpackBadAssetError(raw []byte) (*BondBadAsset, error) {
	out := new(BondBadAsset)
	if err := bond.abi.UnpackIntoInterface(out, "BadAsset", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondBadConfig represents a BadConfig error raised by the Bond contract.
type BondBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func BondBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (bond *Bond) UnpackBadConfigError(raw []byte) (*BondBadConfig, error) {
	out := new(BondBadConfig)
	if err := bond.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondBondTooLow represents a BondTooLow error raised by the Bond contract.
type BondBondTooLow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BondTooLow()
func BondBondTooLowErrorID() common.Hash {
	return common.HexToHash("0x6e360f94e790de505c376cbefd713231058f297f287867ad7630aeb90e8559da")
}

// UnpackBondTooLowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BondTooLow()
func (bond *Bond) UnpackBondTooLowError(raw []byte) (*BondBondTooLow, error) {
	out := new(BondBondTooLow)
	if err := bond.abi.UnpackIntoInterface(out, "BondTooLow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondMintIsHalted represents a MintIsHalted error raised by the Bond contract.
type BondMintIsHalted struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MintIsHalted()
func BondMintIsHaltedErrorID() common.Hash {
	return common.HexToHash("0x9afb348cbcb50c81d1b83ae1f8d0d8d2635c20ae8b5196c7a2663277694d1bf3")
}

// UnpackMintIsHaltedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MintIsHalted()
func (bond *Bond) UnpackMintIsHaltedError(raw []byte) (*BondMintIsHalted, error) {
	out := new(BondMintIsHalted)
	if err := bond.abi.UnpackIntoInterface(out, "MintIsHalted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondNotBridge represents a NotBridge error raised by the Bond contract.
type BondNotBridge struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotBridge()
func BondNotBridgeErrorID() common.Hash {
	return common.HexToHash("0x7fea9dc5767ac4b36a9ff237b0759bb2cace1063d7ac36dc2fd31d7b98e58aab")
}

// UnpackNotBridgeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotBridge()
func (bond *Bond) UnpackNotBridgeError(raw []byte) (*BondNotBridge, error) {
	out := new(BondNotBridge)
	if err := bond.abi.UnpackIntoInterface(out, "NotBridge", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondNotFinal represents a NotFinal error raised by the Bond contract.
type BondNotFinal struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFinal()
func BondNotFinalErrorID() common.Hash {
	return common.HexToHash("0xd7c25c793a1aafb90e1fc0019f0f422e781666d247cfb09c4e9f0d4164056539")
}

// UnpackNotFinalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFinal()
func (bond *Bond) UnpackNotFinalError(raw []byte) (*BondNotFinal, error) {
	out := new(BondNotFinal)
	if err := bond.abi.UnpackIntoInterface(out, "NotFinal", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondNotPayer represents a NotPayer error raised by the Bond contract.
type BondNotPayer struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotPayer()
func BondNotPayerErrorID() common.Hash {
	return common.HexToHash("0x1435e3579e10b092db185e7a936873b0ea2125e5dd29d24c96c164f37d5e6db0")
}

// UnpackNotPayerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotPayer()
func (bond *Bond) UnpackNotPayerError(raw []byte) (*BondNotPayer, error) {
	out := new(BondNotPayer)
	if err := bond.abi.UnpackIntoInterface(out, "NotPayer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondOutOfRange represents a OutOfRange error raised by the Bond contract.
type BondOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func BondOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (bond *Bond) UnpackOutOfRangeError(raw []byte) (*BondOutOfRange, error) {
	out := new(BondOutOfRange)
	if err := bond.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BondTooEarly represents a TooEarly error raised by the Bond contract.
type BondTooEarly struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooEarly()
func BondTooEarlyErrorID() common.Hash {
	return common.HexToHash("0x085de625ed51bbce95c12627fc263453b8d214878d184bd1eaa2cc357a507a30")
}

// UnpackTooEarlyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooEarly()
func (bond *Bond) UnpackTooEarlyError(raw []byte) (*BondTooEarly, error) {
	out := new(BondTooEarly)
	if err := bond.abi.UnpackIntoInterface(out, "TooEarly", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeMetaData contains all meta data concerning the Bridge contract.
var BridgeMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"components\":[{\"internalType\":\"contractSpv\",\"name\":\"spv\",\"type\":\"address\"},{\"internalType\":\"contractSeriesBook\",\"name\":\"book\",\"type\":\"address\"},{\"internalType\":\"contractLotToken\",\"name\":\"lotToken\",\"type\":\"address\"},{\"internalType\":\"contractCommittee\",\"name\":\"committee\",\"type\":\"address\"},{\"internalType\":\"contractBond\",\"name\":\"bond\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"seriesCap\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"totalCap\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"minFee\",\"type\":\"uint64\"}],\"internalType\":\"structConfig\",\"name\":\"c\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadBatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadRecord\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadScript\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSeries\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadUnits\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BelowMinimum\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CapExceeded\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Expired\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"FeeOutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFinal\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotOpen\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotOwner\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotPayer\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotPriced\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutpointUsed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ShortPayment\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooEarly\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooLate\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownLot\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownRedemption\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ValueTooLow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WrongTransaction\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"}],\"name\":\"Alarm\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"Contested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"pot\",\"type\":\"uint64\"}],\"name\":\"LotFinal\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"LotFrozen\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"wrapped\",\"type\":\"bool\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"terms\",\"type\":\"bytes\"}],\"name\":\"LotMinted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"LotProven\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"LotReleased\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"}],\"name\":\"LotSpent\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"LotWrapped\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"}],\"name\":\"RedemptionPaid\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"redemption\",\"type\":\"bytes\"}],\"name\":\"RedemptionRequested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"supply\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"pot\",\"type\":\"uint64\"}],\"name\":\"SeriesOpened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"paid\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"owed\",\"type\":\"uint64\"}],\"name\":\"Slashed\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"bond\",\"outputs\":[{\"internalType\":\"contractBond\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"book\",\"outputs\":[{\"internalType\":\"contractSeriesBook\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"claims\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"burned\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"pot\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"committee\",\"outputs\":[{\"internalType\":\"contractCommittee\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes\",\"name\":\"record\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"}],\"name\":\"contest\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"domainSeparator\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"exposure\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"isLot\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"lotSettled\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"lotToken\",\"outputs\":[{\"internalType\":\"contractLotToken\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"lots\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"series\",\"type\":\"uint32\"},{\"internalType\":\"uint40\",\"name\":\"since\",\"type\":\"uint40\"},{\"internalType\":\"uint64\",\"name\":\"units\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"wrapped\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"pot\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"minFee\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"minRedemption\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"fundingScript\",\"type\":\"bytes\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"wrap_\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"payer\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"sigs\",\"type\":\"bytes\"}],\"name\":\"mint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"}],\"name\":\"open\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"fundingScript\",\"type\":\"bytes\"}],\"name\":\"proveFunding\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"lot\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"}],\"internalType\":\"structRedemption[]\",\"name\":\"r\",\"type\":\"tuple[]\"}],\"name\":\"proveRedemptions\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"first\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"leaf\",\"type\":\"uint256\"},{\"internalType\":\"bytes32[]\",\"name\":\"branch\",\"type\":\"bytes32[]\"}],\"name\":\"proveSpend\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"}],\"name\":\"reclaim\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"outpointSide\",\"type\":\"bytes32\"}],\"name\":\"records\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"record\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"lot\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"}],\"name\":\"redeem\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"rid\",\"type\":\"bytes32\"}],\"name\":\"redemptions\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"packed\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"}],\"name\":\"release\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"seriesCap\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"}],\"name\":\"seriesTotals\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"opened\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"supply\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"}],\"name\":\"settle\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"lot\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"}],\"internalType\":\"structRedemption\",\"name\":\"r\",\"type\":\"tuple\"}],\"name\":\"slash\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"lot\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"}],\"internalType\":\"structRedemption\",\"name\":\"r\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"}],\"name\":\"slashLot\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"spv\",\"outputs\":[{\"internalType\":\"contractSpv\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"totalCap\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"totals\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"vault\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"live\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"queue\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"wrap\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "0f63913e23f5606633e3d4f8c7c6313d17",
	Bin: "0x6101c0806040523461047d5761010081616547803803809161002182856105a9565b83398101031261047d576040519061010082016001600160401b038111838210176105955760405280516001600160a01b038116810361047d5782526020810151906001600160a01b038216820361047d57602083019182526040810151926001600160a01b038416840361047d57604081019384526060820151926001600160a01b038416840361047d57606082019384526080830151946001600160a01b0386169485870361047d57608084019687526100df60a086016105cc565b9660a08501968888526100f460c088016105cc565b9861010860e060c08901998c8b52016105cc565b60e08801908152996001600160401b0390811691161190811561058c575b5061054c5783516001600160a01b031615801561057a575b8015610568575b61054c57845193519251915190516001600160a01b0390811660c05290811660a05290811660e052908116610100521660805283516101f46001600160401b0390911690811090811561055b575b5061054c579151815184516001600160401b0390811661016052908116610140521661012052815160405163b59589d160e01b81529290602090849060049082906001600160a01b03165afa928315610489576004936020915f9161052f575b506040516334fedced60e21b815294859182906001600160a01b03165afa928315610489575f936104fb575b5061018083905251905160405163b59589d160e01b8152926001600160401b03909116916001600160a01b031690602084600481855afa938415610489575f946104c9575b506040516302d9a75d60e51b8152600481019190915292602090849060249082906001600160a01b03165afa928315610489575f93610494575b5091604460209263ffffffff9460405195869485936336bfe5fb60e11b855260048501521660248301525afa8015610489575f90610452575b6064915011610443578051612710906001600160401b03906102fa9082166105e0565b16111561043a57516001600160401b03906103169082166105e0565b165b6101a052604051615f1390816106348239608051818181610e08015281816113f9015281816125cc01528181613c490152614952015260a051818181610a2a0152612957015260c05181818161191a01528181611da401528181612cb101528181612d4f01528181614cca015281816159e10152615c2b015260e051818181612536015281816130ae01526150ea0152610100518181816106ec01528181610b12015281816111cd01528181611c6501528181611fa6015281816121e001528181612790015281816136d50152613b63015261012051818181611b630152612b5b01526101405181818161325b015261368501526101605181818161257b01526151b40152610180518161474201526101a0518181816101ba01526151740152f35b50612710610318565b63a4875a4960e01b5f5260045ffd5b506020813d602011610481575b8161046c602093836105a9565b8101031261047d57606490516102d7565b5f80fd5b3d915061045f565b6040513d5f823e3d90fd5b92506020833d6020116104c1575b816104af602093836105a9565b8101031261047d57915191604461029e565b3d91506104a2565b60209194506104ed90823d84116104f4575b6104e581836105a9565b810190610614565b9390610264565b503d6104db565b9092506020813d602011610527575b81610517602093836105a9565b8101031261047d5751915f61021f565b3d915061050a565b6105469150823d84116104f4576104e581836105a9565b5f6101f3565b6301f30c8760e21b5f5260045ffd5b620f42409150115f610193565b5081516001600160a01b031615610145565b5082516001600160a01b03161561013e565b9050155f610126565b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b0382119082101761059557604052565b51906001600160401b038216820361047d57565b60011b6002600160401b03811691906002600160411b0316820361060057565b634e487b7160e01b5f52601160045260245ffd5b9081602091031261047d57516001600160a01b038116810361047d579056fe6080806040526004361015610012575f80fd5b5f905f3560e01c9081628f46d3146137235750806301e64725146136f957806305a8da72146136a9578063164500921461366557806316dd198b146125f0578063171e94611461259f57806324ec75901461255a5780632566f8761461250957806336229da4146121775780633f29f133146120ce57806345b5098814611dc857806364c9ec6f14611d775780636eac339014611b875780637ce997b714611b425780637d949b7d1461185557806384948fdd146117fb57806395969524146112d8578063a7594b1514611271578063ac6a786b1461104b578063bc48105914610d67578063c038a38e14610d1a578063d289ad0814610cf0578063d3b3f73a14610aa8578063d48dba6e14610a4e578063d864e740146109fd578063de4796cd14610961578063e8e35f0d14610393578063ebf7a41e14610364578063eff0f59214610309578063f44360a6146101dd578063f4ed2fc2146101a25763f698da251461017d575f80fd5b3461019f578060031936011261019f5760206101976146bd565b604051908152f35b80fd5b503461019f578060031936011261019f5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b503461019f57604060031936011261019f5760043567ffffffffffffffff8111610305578060040161012060031983360301126103015760243591828452600160205263ffffffff604085205460101c1680159182156102ec575b50811561027a575b50610252579061024f91615903565b80f35b6004837f66802f48000000000000000000000000000000000000000000000000000000008152fd5b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8101915081116102bf576102ae90614687565b90549060031b1c813514155f610240565b6024847f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6102fa9192506024016146b0565b905f610238565b8280fd5b5080fd5b503461019f57602060031936011261019f5760043581526002602090815260409182902054825167ffffffffffffffff808316825282851c811693820193909352608082811c9093169381019390935260c01c606083015290f35b503461019f578060031936011261019f57602061019760065467ffffffffffffffff808260401c169116613a3b565b503461019f5760a060031936011261019f576004359060243590811515820361019f576103be61377c565b9260643567ffffffffffffffff8111610301576103df90369060040161374e565b6084359367ffffffffffffffff851680950361019f578094865f146108f65781978583526001602052604083209761041689615497565b156108ce5788549867ffffffffffffffff61043b818c60981c16828d60581c16613a9f565b16906001810154600560ff67ffffffffffffffff610468818560401c166104628188615cef565b90613a9f565b169d60081c16036108a8575b505099985b8785526002602052604085209067ffffffffffffffff82549416936104a88567ffffffffffffffff8316613a3b565b918515801561089f575b610877578c15159d9b9c838d149c908f61086d575b90878e9897969594939282828b5f1461085b5750506104f49067ffffffffffffffff8660401c1690613a48565b981561084157505067ffffffffffffffff6105139260801c1690613a48565b9a5b8d156107e5575b509067ffffffffffffffff61053361060b93614fb2565b1667ffffffffffffffff198254161781556105a86105676105628767ffffffffffffffff855460401c16613a3b565b614fb2565b82547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff1660409190911b6fffffffffffffffff000000000000000016178255565b6105c36105628c67ffffffffffffffff845460801c16613a3b565b7fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff77ffffffffffffffff0000000000000000000000000000000083549260801b169116179055565b80156106a25760209a61061e838a6150d3565b61062f575b8a8a6101978b33615c07565b6101979899506106949796949261068996949267ffffffffffffffff92604051996106598b61380d565b8a5215158d8a01523360408a0152606089015216608087015260a08601528060c086015260e085015236916141dc565b610100820152615161565b91905f808080808080610623565b6040517f8eaa6ac00000000000000000000000000000000000000000000000000000000081528860048201526101008160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa9081156107a7579073ffffffffffffffffffffffffffffffffffffffff9187916107b6575b505116803b156107b2578580916044604051809481937f9dc29fac0000000000000000000000000000000000000000000000000000000083523360048401528860248401525af180156107a75761078e575b5060209a61061e565b610799868092613857565b6107a3575f610785565b8480fd5b6040513d88823e3d90fd5b8580fd5b6107d891506101003d81116107de575b6107d08183613857565b8101906138cb565b5f610733565b503d6107c6565b15610828579067ffffffffffffffff61053361060b9360065467ffffffffffffffff1984610817818c16828516613a9f565b169116176006555b9293505061051c565b935061060b9067ffffffffffffffff610533889661081f565b61085593506108509192613a55565b613a68565b9a610515565b6108509061086893613a55565b6104f4565b8a15159f506104c7565b6004887f5bedab79000000000000000000000000000000000000000000000000000000008152fd5b508d83116104b2565b67ffffffffffffffff929c5090610462836108c593168092615cef565b16995f80610474565b6004847fd7c25c79000000000000000000000000000000000000000000000000000000008152fd5b848252602082905260408220805497989060ff89161561093957600167ffffffffffffffff910154169867ffffffffffffffff808a60701c169960b01c16610479565b6004847fddafad98000000000000000000000000000000000000000000000000000000008152fd5b503461019f57602060031936011261019f57604061012091600435815260016020522067ffffffffffffffff60018254920154816040519360ff8116855260ff8160081c16602086015263ffffffff8160101c16604086015264ffffffffff8160301c166060860152818160581c16608086015260981c1660a084015281811660c0840152818160401c1660e084015260801c16610100820152f35b503461019f578060031936011261019f57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461019f57602060031936011261019f5760043567ffffffffffffffff81116103055780600401610120600319833603011261030157610a94602461024f93016146b0565b15610aa157803590615903565b8290615903565b503461019f57602060031936011261019f5760043580825281602052604082206040517f8eaa6ac00000000000000000000000000000000000000000000000000000000081528260048201526101008160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610ce5578491610cc6575b5073ffffffffffffffffffffffffffffffffffffffff815116158015610cbb575b6109395764ffffffffff60c082015116159081610ca6575b50610c7e57805463ffffffff8160281c166108ce5764ffffffffff8160481c16620151808101809111610c51574210610c29577fc035f93e59b80fabfe5facc693897bee5ceba15b1739a68cba1cc241f4713cf49167ffffffffffffffff806001807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0060609616179384815501541691604051928352818160701c16602084015260b01c166040820152a280f35b6004847f085de625000000000000000000000000000000000000000000000000000000008152fd5b6024857f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6004837f097e5553000000000000000000000000000000000000000000000000000000008152fd5b64ffffffffff9150608001511642105f610b7b565b5060ff825416610b63565b610cdf91506101003d81116107de576107d08183613857565b5f610b42565b6040513d86823e3d90fd5b503461019f57602060031936011261019f5760406020916004358152600483522054604051908152f35b503461019f578060031936011261019f576006546040805167ffffffffffffffff808416825283831c81166020830152608084811c9091169282019290925260c09290921c606083015290f35b503461019f57608060031936011261019f5760043560ff81168091036103055760243567ffffffffffffffff811161030157610da790369060040161374e565b9060443567ffffffffffffffff81116107a3576080610dcb8392369060040161374e565b929094810103126107a357813585602084013592610df060606040870135960161469f565b9573ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001690813b156110475783918888610e8663ffffffff94604051978896879586957fef2de4ed0000000000000000000000000000000000000000000000000000000087526004870152166024850152608060448501526084840191613983565b606435606483015203915afa801561103c57611027575b5050807fd2a4431101824686887534ebac74446d8c32af500eb12778eff0b78dc4ee63e16020604051888152a284610ed95761024f9450615539565b929190936001145f14611000578285526004602052604085205491600260ff84161491821592610fc8575b5050610fa15764ffffffffff9060081c166201518081018091116102bf574211610f7957620151804201908142116102bf57906001918452600460205260081b17604083205567ffffffffffffffff1967ffffffffffffffff610f6f61056260065494838616613a3b565b1691161760065580f35b6004837fecdd1c29000000000000000000000000000000000000000000000000000000008152fd5b6004847edefe30000000000000000000000000000000000000000000000000000000008152fd5b610fd4925085856154df565b7fffffffffffffffffffffffffffffffffffff0000000000000000000000000000821614155f80610f04565b6004857edefe30000000000000000000000000000000000000000000000000000000008152fd5b8161103191613857565b6107b257855f610e9d565b6040513d84823e3d90fd5b8380fd5b503461019f57604060031936011261019f5760243567ffffffffffffffff8116600435818303611047578084526001602052604084208054600160ff821603611249579161111461110f63ffffffff86946111056110b98a67ffffffffffffffff6111839a60981c16613a19565b82547fffffffffff0000000000000000ffffffffffffffffffffffffffffffffffffff1660989190911b7affffffffffffffff0000000000000000000000000000000000000016178255565b5460101c166141a5565b614687565b90549060031b1c948587528660205267ffffffffffffffff611140600160408a20019282845416613a19565b1667ffffffffffffffff19825416179055604051828152817f8436999a414ca8b0b20ebdae5ac5eea2dc45fb0321c63b2d2ee071246b27ea9760203393a36150d3565b604051917f8eaa6ac000000000000000000000000000000000000000000000000000000000835260048301526101008260248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561123e5761024f92849161121f575b5073ffffffffffffffffffffffffffffffffffffffff33915116614ade565b61123891506101003d81116107de576107d08183613857565b5f611200565b6040513d85823e3d90fd5b6004867fddafad98000000000000000000000000000000000000000000000000000000008152fd5b503461019f57602060031936011261019f57608090600435908181528060205267ffffffffffffffff6040808320928260018554950154169481526002602052205460c01c916040519360ff821615158552602085015260701c1660408301526060820152f35b503461019f57604060031936011261019f5760043567ffffffffffffffff81116103055760e060031982360301126103055760243567ffffffffffffffff81116103015761132a9036906004016137dc565b801580156117f1575b6117c95761134081614258565b9061134a81614258565b918594865b8381106116b157508515611689576113af87916113d961136d6146bd565b6113c160405198899586957f691bda2800000000000000000000000000000000000000000000000000000000875260a0600488015260a48701906004016145bf565b90600319868303016024870152614654565b90604484015260031983820301606484015285614654565b88608483015203818373ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af19283156107a7578690879461156a575b5091934260081b9290875b86811061146457888867ffffffffffffffff1967ffffffffffffffff610f6f61056260065494838616613a48565b858467ffffffffffffffff6114b88a826114b160a0611496896114a9816114a2818f6080611496838d61149c946142a7565b016139c1565b9c6144af565b519b6144af565b51958c6142a7565b1690613a3b565b911680911061154257906001929187600260408e858152600460205220540361153a576114f8600292602089015163ffffffff60408b01511691866154df565b1717818c52600460205260408c20557f6c3f40c6c782ee627d9cfe5b26bc5799e395ff804ebd2db871f805221201d45860208651604051908152a25b01611436565b505050611534565b60048b7f6e552b91000000000000000000000000000000000000000000000000000000008152fd5b9350503d8087853e61157c8185613857565b830160c0848203126116855761159281856144d4565b90608085015167ffffffffffffffff811161166d5785019481601f8701121561166d578551956115c187614240565b966115cf6040519889613857565b80885260208089019160051b8301019184831161168157602001905b8282106116715750505060a08101519067ffffffffffffffff8211611669570181601f8201121561166d5780519060208061162584614240565b6116326040519182613857565b848152019260051b82010192831161166957602001905b828210611659575050505f61142b565b8151815260209182019101611649565b8980fd5b8880fd5b81518152602091820191016115eb565b8b80fd5b8680fd5b6004877f9bbe9a5f000000000000000000000000000000000000000000000000000000008152fd5b6116bc8185886142a7565b6040516116fd816116d1602082019485614364565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282613857565b519020808952600460205260ff60408a20541680156117a157600114611768575b9060019161174561173e61173384898c6142a7565b61010081019061445e565b36916141dc565b6020815191012061175683896144af565b5261176182866144af565b520161134f565b969061178960019267ffffffffffffffff6114b16080611496868b8e6142a7565b97808a526004602052600260408b205590915061171e565b60048a7f9bbe9a5f000000000000000000000000000000000000000000000000000000008152fd5b6004847f86bdc25c000000000000000000000000000000000000000000000000000000008152fd5b5060648111611333565b503461019f57602060031936011261019f576020906004359081815260018352600560ff6040832054161491821561183a575b50506040519015158152f35b8152600183526040902061184e9150615497565b5f8061182e565b503461019f57606060031936011261019f5760043560243567ffffffffffffffff81116103015761188a90369060040161374e565b61189261377c565b8385526001602052604085208054600460ff821614801590611b31575b611b095764ffffffffff9060301c16620151808101809111611adc574210611ab4576040517f2410827300000000000000000000000000000000000000000000000000000000815285600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa8015611aa9578790611a5c575b73ffffffffffffffffffffffffffffffffffffffff9150163303611a34579160209567ffffffffffffffff610197969593818060016106899801541688855260028b526119f56119a0604087205460c01c83613a9f565b918a875260028d52604087209077ffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b60405198611a028a61380d565b895260018b8a01523360408a01528460608a01521660808801521660a08601528060c086015260e085015236916141dc565b6004867f1435e357000000000000000000000000000000000000000000000000000000008152fd5b506020813d602011611aa1575b81611a7660209383613857565b8101031261168557611a9c73ffffffffffffffffffffffffffffffffffffffff91613898565b611949565b3d9150611a69565b6040513d89823e3d90fd5b6004867f085de625000000000000000000000000000000000000000000000000000000008152fd5b6024877f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6004877fddafad98000000000000000000000000000000000000000000000000000000008152fd5b50600560ff8260081c1614156118af565b503461019f578060031936011261019f57602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461019f57606060031936011261019f5760043567ffffffffffffffff811161030557610140600319826004019236030112610305576024359067ffffffffffffffff82116103015760e060031983360301126103015760443567ffffffffffffffff811161104757611bff90369060040161374e565b9290611c0a83614b66565b929094600260ff85541603611b0957604051907f8eaa6ac0000000000000000000000000000000000000000000000000000000008252853560048301526101008260248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa938415611d6c57611d2696611caf6060611cb9978b968d91611d4d575b500151151582614880565b94600401906148bd565b60017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00825416178155611ceb42614aa0565b7fffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffffff6affffffffff00000000000083549260301b169116179055565b7ff49c60d3ca61400ef71b3f6a108b6e0c4ab85ce099545efdcecba2711c0469af8280a280f35b611d6691506101003d81116107de576107d08183613857565b5f611ca4565b6040513d8a823e3d90fd5b503461019f578060031936011261019f57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461019f57611dd7366137a8565b611de081614b66565b918254600160ff8216036120a65760981c67ffffffffffffffff1661207e57611ef3606082359283875286602052604087209560057fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00825416179055611e8c611e5263ffffffff885460281c166141a5565b87547fffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffff1660289190911b68ffffffff000000000016178755565b0193611eb36001611e9c876139c1565b92019167ffffffffffffffff835460401c16613a9f565b7fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000083549260401b169116179055565b611efc836139c1565b7fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff0000000000000000611f486006549367ffffffffffffffff8560401c16613a9f565b60401b16911617600655611f5b836139c1565b92604051917f8eaa6ac000000000000000000000000000000000000000000000000000000000835260048301526101008260248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa9081156120735761024f946212750064ffffffffff60a061204d9567ffffffffffffffff978b91612054575b50015116048752600760205283612012604089209282845416613a9f565b1667ffffffffffffffff19825416179055837f7e6ce543808526859a920390974bc19b5a85180cf38cfca6b9e9f2cc596808a58780a26139c1565b16906150d3565b61206d91506101003d81116107de576107d08183613857565b5f611ff4565b6040513d87823e3d90fd5b6004847f5bedab79000000000000000000000000000000000000000000000000000000008152fd5b6004857fddafad98000000000000000000000000000000000000000000000000000000008152fd5b503461019f5760c060031936011261019f5760043567ffffffffffffffff8111610305576101406003198236030112610305576024359067ffffffffffffffff82116103015760e060031983360301126103015761212a61377c565b906064359267ffffffffffffffff841684036107a35760a4359367ffffffffffffffff85116107b25761216461024f9536906004016137dc565b9490936084359360040190600401613ac1565b503461019f57612186366137a8565b9061219082614b66565b8391933593604051947f8eaa6ac00000000000000000000000000000000000000000000000000000000086528060048701526101008660248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa9586156120735785966124e8575b5060c086015164ffffffffff1680159490856124d55764ffffffffff905b16621275008101809111611adc574210845460ff8116600381145f1461243357505064ffffffffff855460301c166201518081018091116124065742106123de5785905b816123d6575b506123ae57612297600185019767ffffffffffffffff89541692614bb8565b948061239d575b612395575b600460ff855460081c16148061238b575b61235c575b808511612322575b61024f9596507fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000006123136006549367ffffffffffffffff8560401c16613a19565b60401b16911617600655614d26565b61232c8186613a48565b600b810290808204600b1490151715611adc5761024f9697611eb3600a612354930486614c7a565b8695506122c1565b6103007fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00ff8554161784556122b9565b50848110156122b4565b9350836122a3565b50600160ff855460081c161461229e565b6004867f097e5553000000000000000000000000000000000000000000000000000000008152fd5b90505f612278565b6004877f085de625000000000000000000000000000000000000000000000000000000008152fd5b6024887f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b60028114809181156124ca575b50156124a2571561249b5764ffffffffff9060301c166202a30081018091116124065742105b6123de5784547fffffffffffffffffffffffffffffffffffffffffff0000000000ffffffff00ff166105001785558590612272565b5080612466565b6004897fddafad98000000000000000000000000000000000000000000000000000000008152fd5b60019150145f612440565b5064ffffffffff8060808901511661222e565b6125029196506101003d81116107de576107d08183613857565b945f612210565b503461019f578060031936011261019f57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461019f578060031936011261019f57602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461019f578060031936011261019f57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b50346133b3576101006003193601126133b35767ffffffffffffffff600435116133b357610140600319600435360301126133b35767ffffffffffffffff602435116133b35760e0600319602435360301126133b35760443567ffffffffffffffff81116133b35761266690369060040161374e565b9091906064359073ffffffffffffffffffffffffffffffffffffffff821682036133b3576084359384151585036133b35760a4359473ffffffffffffffffffffffffffffffffffffffff861686036133b35760c4359167ffffffffffffffff831683036133b35760e43567ffffffffffffffff81116133b3576126ed90369060040161374e565b93909467ffffffffffffffff8216421161363d5773ffffffffffffffffffffffffffffffffffffffff8716156133df57838061361d575b6135f55761273660043560040161477b565b928351602085012095604051977f8eaa6ac00000000000000000000000000000000000000000000000000000000089526004356004013560048a01526101008960248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa9889156133a8575f996135d4575b5073ffffffffffffffffffffffffffffffffffffffff8951161580156135c0575b80156135a5575b61357d576201518042018042116134f35764ffffffffff60a08b01511611156135555761283463ffffffff61282160846004350161486f565b1664ffffffffff60208c01511690613a55565b8015908115613547575b8115613520575b5061346a5761285860a4600435016139c1565b67ffffffffffffffff806128706064600435016139c1565b169116118015613492575b61346a576101046004350160226128978260043560040161445e565b90501490811591613407575b506133df576128bd60608a01511515600435600401614880565b94855f52600360205260405f20546133b7578a9067ffffffffffffffff6040519173ffffffffffffffffffffffffffffffffffffffff60208401947f2da3b170241e395330b7834f66a438ea1c698f368e72b8598fd6445279ffc7ed86528d60408601521660608401521660808201526080815261293c60a082613857565b5190209073ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016916129806146bd565b906040519060208201927f1901000000000000000000000000000000000000000000000000000000000000845260228301526042820152604281526129c6606282613857565b51902091803b156133b357612a1a935f93604051958694859384937f0bf4fe670000000000000000000000000000000000000000000000000000000085526004850152604060248501526044840191613983565b03915afa80156133a85761338a575b50612a42929186916024356004016004356004016148bd565b64ffffffffff60a085015116612a5c6064600435016139c1565b976004356004013588528760205260408820918963ffffffff845460081c16938415613283575b80612ad6612a9c63ffffffff6001945460281c16614a88565b82547fffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffff1660289190911b68ffffffff000000000016178255565b01612af26105678367ffffffffffffffff845460401c16613a19565b67ffffffffffffffff6fffffffffffffffff0000000000000000612b1e60065494838660401c16613a19565b60401b167fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff84161791826006555460401c1667ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001610918215613235575b505061320d576212750090048089526007602052612bb08a67ffffffffffffffff60408c205416613a19565b818a52600760205260408a2067ffffffffffffffff821667ffffffffffffffff198254161790557fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff82018281116131e0578a52600760205260408a2054612c249167ffffffffffffffff9081169116613a3b565b90600181018091116131b35767ffffffffffffffff91612c52918b5260076020528260408c20541690613a3b565b9916600b810290808204600b1490151715613186576009810181116131865789600b810204600b148a15171561318657896009600b809c02019a8b91021161318657889973ffffffffffffffffffffffffffffffffffffffff999798997f0000000000000000000000000000000000000000000000000000000000000000163b1561318257600a6009819373ffffffffffffffffffffffffffffffffffffffff604051967f3708054c0000000000000000000000000000000000000000000000000000000088528b60048901521660248701520104604484015204606482015285816084818373ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af19081156107a757869161316d575b5050612d8a42614aa0565b90612d996064600435016139c1565b90841561316757612dae6064600435016139c1565b60405190612dbb8261380d565b600182526020820193898552604083019363ffffffff168452606083019564ffffffffff168652608083019067ffffffffffffffff16815260a083019167ffffffffffffffff16825260c08301958a875260e08401948b86526101008501968c88528b8d52600160205260408d20955160ff1686547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00161786555160ff16612e919086907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00ff61ff0083549260081b169116179055565b5184549151925193517affffffffffffffff0000000000000000000000000000000000000060989190911b1660589490941b72ffffffffffffffff0000000000000000000000167fffffffffff00000000000000000000000000000000000000000000000000ffff90921660109190911b65ffffffff000016176affffffffff00000000000060309390931b9290921691909117171781559251600190930180549151925177ffffffffffffffff0000000000000000000000000000000060809190911b167fffffffffffffffff00000000000000000000000000000000000000000000000090921667ffffffffffffffff909416939093176fffffffffffffffff0000000000000000604093841b161717909155805183151581526020810182905273ffffffffffffffffffffffffffffffffffffffff881692600480350135928692918291612fe591908301906139d6565b037fb13d0fc0250fbf6f278ed4faaa301c98d06d1cc427afe4af6957f2f7fa1158e191a4156130945750509073ffffffffffffffffffffffffffffffffffffffff61024f926130386064600435016139c1565b6004356004013586528560205267ffffffffffffffff613062600160408920019282845416613a19565b1667ffffffffffffffff1982541617905551169067ffffffffffffffff61308d6064600435016139c1565b1691614ade565b91509173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000166130dc6064600435016139c1565b90803b156107a35784928360649267ffffffffffffffff73ffffffffffffffffffffffffffffffffffffffff9560405198899788967f156e29f600000000000000000000000000000000000000000000000000000000885216600487015260248601521660448401525af1801561103c5761315657505080f35b8161316091613857565b61019f5780f35b86612dae565b8161317791613857565b6107a357845f612d7f565b8780fd5b6024897f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b60248a7f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b60248b7f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6004897fa4875a49000000000000000000000000000000000000000000000000000000008152fd5b613250925067ffffffffffffffff8091169160401c16613a3b565b67ffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016105f80612b84565b9350506005546801000000000000000081101561335d578060016132aa9201600555614687565b81549060031b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff60043560040135831b921b19161790556005549263ffffffff84116133355780547fffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ff16600885901b64ffffffff001617815563ffffffff93909316928a90612a83565b60048a7f7db3aba7000000000000000000000000000000000000000000000000000000008152fd5b60248a7f4e487b710000000000000000000000000000000000000000000000000000000081526041600452fd5b869199509161339d5f612a429594613857565b5f9991509192612a29565b6040513d5f823e3d90fd5b5f80fd5b7fb28db7df000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f738f6228000000000000000000000000000000000000000000000000000000005f5260045ffd5b613417915060043560040161445e565b6002116133b357357fffff000000000000000000000000000000000000000000000000000000000000167f512000000000000000000000000000000000000000000000000000000000000014155f6128a3565b7f5bedab79000000000000000000000000000000000000000000000000000000005f5260045ffd5b5067ffffffffffffffff6134aa60a4600435016139c1565b16620f4240810290808204620f424014901517156134f3576134ed62ffffff60408c01511667ffffffffffffffff6134e66064600435016139c1565b1690613a55565b1161287b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b90506103e867ffffffffffffffff61353c6064600435016139c1565b16910414155f612845565b6103e881061515915061283e565b7fecdd1c29000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fb45e12a8000000000000000000000000000000000000000000000000000000005f5260045ffd5b50600435600401355f525f60205260ff60405f2054166127e8565b5064ffffffffff60c08a01511615156127e1565b6135ee9199506101003d81116107de576107d08183613857565b975f6127c0565b7f30cd7471000000000000000000000000000000000000000000000000000000005f5260045ffd5b5073ffffffffffffffffffffffffffffffffffffffff8716331415612724565b7f203d82d8000000000000000000000000000000000000000000000000000000005f5260045ffd5b346133b3575f6003193601126133b357602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346133b3575f6003193601126133b357602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346133b35760206003193601126133b3576004355f526003602052602060405f2054604051908152f35b346133b35760206003193601126133b3576020906004355f526001825260ff60405f20541615158152f35b9181601f840112156133b35782359167ffffffffffffffff83116133b357602083818601950101116133b357565b6044359067ffffffffffffffff821682036133b357565b359067ffffffffffffffff821682036133b357565b60206003198201126133b3576004359067ffffffffffffffff82116133b35760031982610140920301126133b35760040190565b9181601f840112156133b35782359167ffffffffffffffff83116133b3576020808501948460051b0101116133b357565b610120810190811067ffffffffffffffff82111761382a57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761382a57604052565b519073ffffffffffffffffffffffffffffffffffffffff821682036133b357565b519064ffffffffff821682036133b357565b90816101009103126133b35760405190610100820182811067ffffffffffffffff82111761382a576040526138ff81613898565b825261390d602082016138b9565b6020830152604081015162ffffff811681036133b3576040830152606081015180151581036133b35761397b9160e091606085015261394e608082016138b9565b608085015261395f60a082016138b9565b60a085015261397060c082016138b9565b60c0850152016138b9565b60e082015290565b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b3567ffffffffffffffff811681036133b35790565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b9067ffffffffffffffff8091169116019067ffffffffffffffff82116134f357565b919082018092116134f357565b919082039182116134f357565b818102929181159184041417156134f357565b8115613a72570490565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b9067ffffffffffffffff8091169116039067ffffffffffffffff82116134f357565b91959493929092613ad183614b66565b959094865460ff81169960048b149a8b614193575b8b61417f575b60038114928361416d575b5060018114159081614161575b5080614159575b80614151575b613f79578635966040519a7f8eaa6ac0000000000000000000000000000000000000000000000000000000008c528860048d01526101008c60248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa9b8c156133a8575f9c614130575b5060608c0151151595613ba86040840161486f565b613bb661010085018561445e565b3690613bc1926141dc565b80519060200120966060850191613bd7836139c1565b604051998a937f6f8afc1f0000000000000000000000000000000000000000000000000000000085526004850160c0905260c48501613c15916145bf565b926020890135602486015263ffffffff166044850152606484015267ffffffffffffffff1660848301528d60a483015203877f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff1691815a60a0945f91f19687156133a8578c5f915f996140df575b5098613cc0613cb9899a9b602085015163ffffffff60408701511691615cc3565b9187614880565b5f52600360205260405f2055519767ffffffffffffffff613ce0836139c1565b168111156140cb5750613cf2906139c1565b9d8e955b614032575b67ffffffffffffffff60065496169567ffffffffffffffff1967ffffffffffffffff613d2c6105628a838616613a3b565b1691161760065560018d018667ffffffffffffffff19825416179055613d558d611ceb42614aa0565b613fea5764ffffffffff60c0613d6b8f86614bb8565b9e01511615978789159a60049660c087013583145f14613faf5750505050505050506002915b80613fa1575b613f7957867f2df5217691b597ba53a5c83e921c8ccadb7fdbdaed6d7ea366ad9394ccd6dde4606084613df98d968d907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00ff61ff0083549260081b169116179055565b60ff6040519116968782528560208301526040820152a28480613f6f575b613f2c575b10159283613f10575b5050505f14613e8b57613e899450613e3c42614aa0565b815f525f60205260405f20907fffffffffffffffffffffffffffffffffffff0000000000ffffffffffffffffff6dffffffffff00000000000000000083549260481b169116179055614d26565b565b5050905060037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008254161790557fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff0000000000000000613f046006549367ffffffffffffffff8560401c16613a9f565b60401b16911617600655565b925090613f21575b505f8080613e25565b60029150145f613f18565b6040805167ffffffffffffffff84811682528c16602082015288917ff53e068e442df7c635a2f853523f50b0407dee31781017e0219642245cf1224891a2613e1c565b5081811415613e17565b7fddafad98000000000000000000000000000000000000000000000000000000005f5260045ffd5b50600160ff83161415613d97565b60e0613fbc970135614fde565b15613fca5750600191613d91565b918580613fe0575b15613d915760039250613d91565b5089821015613fd2565b5050505095985050925050507f2df5217691b597ba53a5c83e921c8ccadb7fdbdaed6d7ea366ad9394ccd6dde4935060609250604051916005835260208301526040820152a2565b60018d0167ffffffffffffffff815416907fffffffffffffffffffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000006140bb67ffffffffffffffff61409060065496828816613a9f565b169367ffffffffffffffff808667ffffffffffffffff19891617928360065554169160401c16613a19565b60401b1692161717600655613cfb565b67ffffffffffffffff9150169d8e95613cf6565b979850505060a03d60a011614129575b6140f98188613857565b86019560a0818803126133b3578c98613cc0613cb9608061411b8c9b866144d4565b9401519a5050999099613c98565b503d6140ef565b61414a919c506101003d81116107de576107d08183613857565b9a5f613b93565b508a15613b11565b508115613b0b565b6002915014155f613b04565b60081c60ff166001141592505f613af7565b9a5064ffffffffff8260301c16159a613aec565b9a50600560ff8360081c16149a613ae6565b63ffffffff7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9116019063ffffffff82116134f357565b92919267ffffffffffffffff821161382a576040519161422460207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8401160184613857565b8294818452818301116133b3578281602093845f960137010152565b67ffffffffffffffff811161382a5760051b60200190565b9061426282614240565b61426f6040519182613857565b8281527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe061429d8294614240565b0190602036910137565b91908110156142e75760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee1813603018212156133b3570190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1823603018112156133b357016020813591019167ffffffffffffffff82116133b35781360383136133b357565b602081528135602082015260208201358015158091036133b357604082015260408201359173ffffffffffffffffffffffffffffffffffffffff83168093036133b35761444a6101409161445b94606085015267ffffffffffffffff6143cc60608301613793565b16608085015267ffffffffffffffff6143e760808301613793565b1660a085015267ffffffffffffffff61440260a08301613793565b1660c085015267ffffffffffffffff61441d60c08301613793565b1660e085015267ffffffffffffffff61443860e08301613793565b16610100850152610100810190614314565b919092610120808201520191613983565b90565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1813603018212156133b3570180359067ffffffffffffffff82116133b3576020019181360383136133b357565b80518210156142e75760209160051b010190565b519063ffffffff821682036133b357565b91908260809103126133b3576040516080810181811067ffffffffffffffff82111761382a57604052606061452a818395805185526020810151602086015261451f604082016144c3565b6040860152016144c3565b910152565b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1823603018112156133b357016020813591019167ffffffffffffffff82116133b3578160051b360383136133b357565b90918281527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83116133b35760209260051b809284830137010190565b61445b9161464661462761460c6145e76145d98680614314565b60e0875260e0870191613983565b602086013560208601526145fe6040870187614314565b908683036040880152613983565b614619606086018661452f565b908583036060870152614582565b926080810135608084015260a081013560a084015260c081019061452f565b9160c0818503910152614582565b90602080835192838152019201905f5b8181106146715750505090565b8251845260209384019390920191600101614664565b6005548110156142e75760055f5260205f2001905f90565b359063ffffffff821682036133b357565b3580151581036133b35790565b60405160208101907fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647282527fd4f10fa3157ee0ad21acb786bd2cf2268cf8df443456049ad876cc27c132fff360408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201524660808201523060a08201527f000000000000000000000000000000000000000000000000000000000000000060c082015260c0815261477560e082613857565b51902090565b61445b6040518092602080830152803560408301526020810135606083015263ffffffff6147ab6040830161469f565b16608083015267ffffffffffffffff6147c660608301613793565b1660a083015263ffffffff6147dd6080830161469f565b1660c083015267ffffffffffffffff6147f860a08301613793565b1660e083015260c081013561010083015260e081013561012083015261012061483a614828610100840184614314565b61014080870152610180860191613983565b910135610160830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282613857565b3563ffffffff811681036133b35790565b9061488d6040830161486f565b9063ffffffff60405192602080850195013585521660408301521515606082015260608152614775608082613857565b93929163ffffffff9260c061492b6148d76040890161486f565b94606089019567ffffffffffffffff6148ef886139c1565b604051998a9586957f892f78600000000000000000000000000000000000000000000000000000000087526060600488015260648701906145bf565b9316602485015216604483015203815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af19182156133a8575f965f955f94614a3b575b506020885191013503614a135761499e9136916141dc565b60208151910120036133df576149bc67ffffffffffffffff916139c1565b16116149eb578163ffffffff604060206149dc9501519201511691615cc3565b905f52600360205260405f2055565b7f5321e1df000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fae363613000000000000000000000000000000000000000000000000000000005f5260045ffd5b97509250935060c03d60c011614a81575b614a568188613857565b860160c0878203126133b357614a6c90876144d4565b9360a06080880151970151949694925f614986565b503d614a4c565b63ffffffff60019116019063ffffffff82116134f357565b64ffffffffff8111614ab65764ffffffffff1690565b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff1690813b156133b357604473ffffffffffffffffffffffffffffffffffffffff915f809460405196879586947f40c10f1900000000000000000000000000000000000000000000000000000000865216600485015260248401525af180156133a857614b5c5750565b5f613e8991613857565b614b6f9061477b565b6020815191012090815f52600160205260405f209060ff82541615614b9057565b7f66802f48000000000000000000000000000000000000000000000000000000005f5260045ffd5b9064ffffffffff60c082015116155f14614bf55750614be260a067ffffffffffffffff92016139c1565b16905b61014a8210614bf057565b5f9150565b6103e8614c32614c076080850161486f565b9363ffffffff6060614c268164ffffffffff60e08901511694016139c1565b95015115159516613a55565b049115614c4157505b90614be5565b9067ffffffffffffffff614c559216613a48565b614c3b565b908160209103126133b3575167ffffffffffffffff811681036133b35790565b90604051917ff7c66c15000000000000000000000000000000000000000000000000000000008352600483015260248201526020816044815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af19081156133a8575f91614cfd575090565b61445b915060203d602011614d1f575b614d178183613857565b810190614c5a565b503d614d0d565b9267ffffffffffffffff60ff7fafb17adcd35ca48370257584f3bffa6ac43335e4cd88ba95e3e07314b885535d94614f916060959760047fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00845416178355614f2f614d9087614fb2565b96614de3600186019889907fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff77ffffffffffffffff0000000000000000000000000000000083549260801b169116179055565b86855460581c167fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff0000000000000000614e2e600654938b8560401c16613a9f565b60401b16911617600655825f525f60205260405f20614e59612a9c63ffffffff835460281c166141a5565b614ebf614e78614e6c8a8c541689615cef565b8a845460701c16613a19565b82547fffffffffffffffffffff0000000000000000ffffffffffffffffffffffffffff1660709190911b75ffffffffffffffff000000000000000000000000000016178255565b614ecf888a5460401c1687615cef565b7fffff0000000000000000ffffffffffffffffffffffffffffffffffffffffffff7dffffffffffffffff00000000000000000000000000000000000000000000614f208454938c8560b01c16613a19565b60b01b16911617905584615cef565b905f526002602052614f4960405f2091825460c01c613a19565b77ffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffffffffff00000000000000000000000000000000000000000000000083549260c01b169116179055565b5460081c169154604051928352818116602084015260401c166040820152a2565b67ffffffffffffffff8111614ab65767ffffffffffffffff1690565b91908110156142e75760051b0190565b9594929190916020861180156150c8575b6150bd5767ffffffffffffffff6040969594965192816020850195168552166040830152606082015260608152615027608082613857565b519020925f925b80841061503d57505050501490565b909192936001908185871c16155f146150895761505b868486614fce565b35604051906020820192835260408201526040815261507b606082613857565b5190205b940192919061502e565b615094868486614fce565b359060405190602082019283526040820152604081526150b5606082613857565b51902061507f565b505050505050505f90565b5084861c1515614fef565b73ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001691823b156133b35760645f928360405195869485937ff5298aca000000000000000000000000000000000000000000000000000000008552336004860152602485015260448401525af180156133a857614b5c5750565b906080820167ffffffffffffffff8151167f00000000000000000000000000000000000000000000000000000000000000001161546f5760a083019067ffffffffffffffff82511667ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168110908115615457575b5061542f576101008401916151f38351615d1e565b156133df57600654928360c01c93428510615427575b602885018086116134f35761523e7fffffffffffffffff00000000000000000000000000000000000000000000000091614fb2565b60c01b16906203f48086018096116134f35767ffffffffffffffff60c089019616865267ffffffffffffffff8277ffffffffffffffffffffffffffffffffffffffffffffffff83161760801c169167ffffffffffffffff83146134f3576001830160801b77ffffffffffffffff0000000000000000000000000000000016916fffffffffffffffffffffffffffffffff16171760065560e087019081526040519485936020850195602087528951604087015260208a01511515606087015260408a01998a5173ffffffffffffffffffffffffffffffffffffffff1660808801526060015167ffffffffffffffff1660a08701525167ffffffffffffffff1660c08601525167ffffffffffffffff1660e08501525167ffffffffffffffff166101008401525167ffffffffffffffff166101208301525161014082016101209052610160820161538d916139d6565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0810183526153bd9083613857565b815190208093815f52600460205260405f20600190555173ffffffffffffffffffffffffffffffffffffffff169160405180916020825260208201615401916139d6565b037f3f95a51c1dc726e73df5a45c43d6e8f13615333205c39f6be96506d2b103186e91a3565b429450615209565b7f0c8249ad000000000000000000000000000000000000000000000000000000005f5260045ffd5b9050677fffffffffffffff825160011c16105f6151de565b7f860b82a9000000000000000000000000000000000000000000000000000000005f5260045ffd5b54600460ff82161490816154a9575090565b9050600560ff8260081c16149081156154c0575090565b64ffffffffff915060301c166201518081018091116134f35742101590565b917fffffffffffffffffffffffffffffffffffff00000000000000000000000000009363ffffffff916040519360208501958652604085015260608401521660808201526080815261553260a082613857565b5190201690565b92919091825f52600360205260405f2054159283156158e0575b5050506158b957805f52600160205260405f20805464ffffffffff8160301c166201518081018091116134f3574210156135555760ff166001820167ffffffffffffffff8154169160065467ffffffffffffffff1967ffffffffffffffff6155bd86828516613a9f565b1691161760065567ffffffffffffffff198254168255600481148080916158a8575b8015615897576156265f5b87547fffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffffff1660309190911b6affffffffff00000000000016178755565b61588f57845461564161110f63ffffffff8360101c166141a5565b90549060031b1c92835f525f60205260405f2092600382145f1461570b575050505050507fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000006156b16006549367ffffffffffffffff8560401c16613a19565b60401b169116176006555b80547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00001660021790557fadffb1dc8f05db4bf973a3d64d9f4a184b4ab3ecf6905dbca4a1b2eb11b57ba35f80a2565b95929394955f1461585857509361582e615839936157e86157dc67ffffffffffffffff95615853997fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000061577c8a6006549460581c168b8560401c16613a19565b60401b169116176006556157d661579c63ffffffff865460281c16614a88565b85547fffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffff1660289190911b68ffffffff000000000016178555565b8a615cef565b85835460701c16613a9f565b7fffffffffffffffffffff0000000000000000ffffffffffffffffffffffffffff75ffffffffffffffff000000000000000000000000000083549260701b169116179055565b5460801c1684615cef565b905f526002602052614f4960405f2091825460c01c613a9f565b6156bc565b93505050506001915003156156bc577fddafad98000000000000000000000000000000000000000000000000000000005f5260045ffd5b505050505050565b6156266158a342614aa0565b6155ea565b50600560ff865460081c16146155df565b7edefe30000000000000000000000000000000000000000000000000000000005f5260045ffd5b6158f99293505f52600360205260405f20549284615cc3565b14155f8080615553565b6040516020810190615919816116d18585614364565b51902090815f52600460205260405f20549167ffffffffffffffff615940608084016139c1565b169260ff811660018103615ba9575060081c64ffffffffff1660c0830167ffffffffffffffff61596f826139c1565b16821115615b8f57505b421115615b6757600b8302838104600b14841517156134f357600a90045b6040517f3b3041470000000000000000000000000000000000000000000000000000000081528160048201526020816024815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af180156133a85767ffffffffffffffff915f91615b48575b50169481861080615b3f575b615b13575b5084615a3691613a48565b9283158015615b075760045b835f52600460205260405f2055600a850290858204600a1417156134f35760409467ffffffffffffffff615a9c7f8bd8bcb09e22ca87b95a2ceabc18526387a36945a31ff27db59f7e2cab14b78f94600b83950490613a48565b1667ffffffffffffffff1983615ab760065493828516613a9f565b16911617600655855167ffffffffffffffff8881168252929091169091166020820152604090a201359073ffffffffffffffffffffffffffffffffffffffff821682036133b357613e8991615c07565b60038560301b17615a42565b8567ffffffffffffffff6114b1615b3893615b32869a615a3697613a48565b90614c7a565b9490615a2b565b50801515615a26565b615b61915060203d602011614d1f57614d178183613857565b5f615a1a565b7f085de625000000000000000000000000000000000000000000000000000000005f5260045ffd5b67ffffffffffffffff9150615ba3906139c1565b16615979565b91935090600303615bdf5767ffffffffffffffff9060301c1691600a8302838104600a14841517156134f357600b900492615997565b7f9bbe9a5f000000000000000000000000000000000000000000000000000000005f5260045ffd5b9080615c11575050565b615c5173ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001691614fb2565b91813b156133b357604473ffffffffffffffffffffffffffffffffffffffff915f809467ffffffffffffffff60405197889687957f1953f8d20000000000000000000000000000000000000000000000000000000087521660048601521660248401525af180156133a857614b5c5750565b9163ffffffff906040519260208401948552604084015216606082015260608152614775608082613857565b67ffffffffffffffff9182615d0f615d1a935492828460981c1690613a55565b9160581c1690613a68565b1690565b805190601682108015615efc575b615ef65760208101519160208110615ec5575b60168114615eba5760228114615e9d5760178114615e33576019149182615e23575b5081615dc8575b81615d71575090565b80915051601810156142e757603801517fff00000000000000000000000000000000000000000000000000000000000000167fac000000000000000000000000000000000000000000000000000000000000001490565b80915051601710156142e7577f88000000000000000000000000000000000000000000000000000000000000007fff000000000000000000000000000000000000000000000000000000000000006037830151161490615d68565b60e81c6276a9141491505f615d61565b9161a9149060f01c149182615e4757505090565b909150601610156142e757603601517fff00000000000000000000000000000000000000000000000000000000000000167f87000000000000000000000000000000000000000000000000000000000000001490565b505060f01c60208114908115615eb1575090565b61512091501490565b505060f01c60141490565b917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8360200360031b1b1691615d3f565b50505f90565b5060228211615d2c56fea164736f6c6343000825000a",
}

// Bridge is an auto generated Go binding around an Ethereum contract.
type Bridge struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Bridge) GetABI() abi.ABI {
	return c.abi
}

// NewBridge creates a new instance of Bridge.
func NewBridge() *Bridge {
	parsed, err := BridgeMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Bridge{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Bridge) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor((address,address,address,address,address,uint64,uint64,uint64) c) returns()
func (bridge *Bridge) PackConstructor(c Config) []byte {
	enc, err := bridge.abi.Pack("", c)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64c9ec6f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bond() view returns(address)
func (bridge *Bridge) PackBond() []byte {
	enc, err := bridge.abi.Pack("bond")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64c9ec6f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bond() view returns(address)
func (bridge *Bridge) TryPackBond() ([]byte, error) {
	return bridge.abi.Pack("bond")
}

// UnpackBond is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x64c9ec6f.
//
// Solidity: function bond() view returns(address)
func (bridge *Bridge) UnpackBond(data []byte) (common.Address, error) {
	out, err := bridge.abi.Unpack("bond", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackBook is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05a8da72.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function book() view returns(address)
func (bridge *Bridge) PackBook() []byte {
	enc, err := bridge.abi.Pack("book")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBook is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05a8da72.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function book() view returns(address)
func (bridge *Bridge) TryPackBook() ([]byte, error) {
	return bridge.abi.Pack("book")
}

// UnpackBook is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x05a8da72.
//
// Solidity: function book() view returns(address)
func (bridge *Bridge) UnpackBook(data []byte) (common.Address, error) {
	out, err := bridge.abi.Unpack("book", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackClaims is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xeff0f592.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claims(bytes32 id) view returns(uint64 burned, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) PackClaims(id [32]byte) []byte {
	enc, err := bridge.abi.Pack("claims", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaims is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xeff0f592.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claims(bytes32 id) view returns(uint64 burned, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) TryPackClaims(id [32]byte) ([]byte, error) {
	return bridge.abi.Pack("claims", id)
}

// ClaimsOutput serves as a container for the return parameters of contract
// method Claims.
type ClaimsOutput struct {
	Burned uint64
	Sats   uint64
	Pot    uint64
	Due    uint64
}

// UnpackClaims is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xeff0f592.
//
// Solidity: function claims(bytes32 id) view returns(uint64 burned, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) UnpackClaims(data []byte) (ClaimsOutput, error) {
	out, err := bridge.abi.Unpack("claims", data)
	outstruct := new(ClaimsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Burned = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Sats = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Pot = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	outstruct.Due = *abi.ConvertType(out[3], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function committee() view returns(address)
func (bridge *Bridge) PackCommittee() []byte {
	enc, err := bridge.abi.Pack("committee")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function committee() view returns(address)
func (bridge *Bridge) TryPackCommittee() ([]byte, error) {
	return bridge.abi.Pack("committee")
}

// UnpackCommittee is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd864e740.
//
// Solidity: function committee() view returns(address)
func (bridge *Bridge) UnpackCommittee(data []byte) (common.Address, error) {
	out, err := bridge.abi.Unpack("committee", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackContest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbc481059.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function contest(uint8 kind, bytes record, bytes chain, uint256 hops) returns()
func (bridge *Bridge) PackContest(kind uint8, record []byte, chain []byte, hops *big.Int) []byte {
	enc, err := bridge.abi.Pack("contest", kind, record, chain, hops)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackContest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbc481059.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function contest(uint8 kind, bytes record, bytes chain, uint256 hops) returns()
func (bridge *Bridge) TryPackContest(kind uint8, record []byte, chain []byte, hops *big.Int) ([]byte, error) {
	return bridge.abi.Pack("contest", kind, record, chain, hops)
}

// PackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (bridge *Bridge) PackDomainSeparator() []byte {
	enc, err := bridge.abi.Pack("domainSeparator")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDomainSeparator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf698da25.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (bridge *Bridge) TryPackDomainSeparator() ([]byte, error) {
	return bridge.abi.Pack("domainSeparator")
}

// UnpackDomainSeparator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf698da25.
//
// Solidity: function domainSeparator() view returns(bytes32)
func (bridge *Bridge) UnpackDomainSeparator(data []byte) ([32]byte, error) {
	out, err := bridge.abi.Unpack("domainSeparator", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackExposure is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xebf7a41e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function exposure() view returns(uint256)
func (bridge *Bridge) PackExposure() []byte {
	enc, err := bridge.abi.Pack("exposure")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExposure is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xebf7a41e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function exposure() view returns(uint256)
func (bridge *Bridge) TryPackExposure() ([]byte, error) {
	return bridge.abi.Pack("exposure")
}

// UnpackExposure is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xebf7a41e.
//
// Solidity: function exposure() view returns(uint256)
func (bridge *Bridge) UnpackExposure(data []byte) (*big.Int, error) {
	out, err := bridge.abi.Unpack("exposure", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackIsLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x008f46d3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isLot(bytes32 lotId) view returns(bool)
func (bridge *Bridge) PackIsLot(lotId [32]byte) []byte {
	enc, err := bridge.abi.Pack("isLot", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x008f46d3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isLot(bytes32 lotId) view returns(bool)
func (bridge *Bridge) TryPackIsLot(lotId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("isLot", lotId)
}

// UnpackIsLot is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x008f46d3.
//
// Solidity: function isLot(bytes32 lotId) view returns(bool)
func (bridge *Bridge) UnpackIsLot(data []byte) (bool, error) {
	out, err := bridge.abi.Unpack("isLot", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackLotSettled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84948fdd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lotSettled(bytes32 lotId) view returns(bool)
func (bridge *Bridge) PackLotSettled(lotId [32]byte) []byte {
	enc, err := bridge.abi.Pack("lotSettled", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLotSettled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84948fdd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lotSettled(bytes32 lotId) view returns(bool)
func (bridge *Bridge) TryPackLotSettled(lotId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("lotSettled", lotId)
}

// UnpackLotSettled is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84948fdd.
//
// Solidity: function lotSettled(bytes32 lotId) view returns(bool)
func (bridge *Bridge) UnpackLotSettled(data []byte) (bool, error) {
	out, err := bridge.abi.Unpack("lotSettled", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackLotToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2566f876.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lotToken() view returns(address)
func (bridge *Bridge) PackLotToken() []byte {
	enc, err := bridge.abi.Pack("lotToken")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLotToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2566f876.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lotToken() view returns(address)
func (bridge *Bridge) TryPackLotToken() ([]byte, error) {
	return bridge.abi.Pack("lotToken")
}

// UnpackLotToken is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2566f876.
//
// Solidity: function lotToken() view returns(address)
func (bridge *Bridge) UnpackLotToken(data []byte) (common.Address, error) {
	out, err := bridge.abi.Unpack("lotToken", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackLots is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde4796cd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lots(bytes32 lotId) view returns(uint8 state, uint8 kind, uint32 series, uint40 since, uint64 units, uint64 wrapped, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) PackLots(lotId [32]byte) []byte {
	enc, err := bridge.abi.Pack("lots", lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLots is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde4796cd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lots(bytes32 lotId) view returns(uint8 state, uint8 kind, uint32 series, uint40 since, uint64 units, uint64 wrapped, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) TryPackLots(lotId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("lots", lotId)
}

// LotsOutput serves as a container for the return parameters of contract
// method Lots.
type LotsOutput struct {
	State   uint8
	Kind    uint8
	Series  uint32
	Since   *big.Int
	Units   uint64
	Wrapped uint64
	Sats    uint64
	Pot     uint64
	Due     uint64
}

// UnpackLots is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xde4796cd.
//
// Solidity: function lots(bytes32 lotId) view returns(uint8 state, uint8 kind, uint32 series, uint40 since, uint64 units, uint64 wrapped, uint64 sats, uint64 pot, uint64 due)
func (bridge *Bridge) UnpackLots(data []byte) (LotsOutput, error) {
	out, err := bridge.abi.Unpack("lots", data)
	outstruct := new(LotsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.State = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.Kind = *abi.ConvertType(out[1], new(uint8)).(*uint8)
	outstruct.Series = *abi.ConvertType(out[2], new(uint32)).(*uint32)
	outstruct.Since = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	outstruct.Units = *abi.ConvertType(out[4], new(uint64)).(*uint64)
	outstruct.Wrapped = *abi.ConvertType(out[5], new(uint64)).(*uint64)
	outstruct.Sats = *abi.ConvertType(out[6], new(uint64)).(*uint64)
	outstruct.Pot = *abi.ConvertType(out[7], new(uint64)).(*uint64)
	outstruct.Due = *abi.ConvertType(out[8], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackMinFee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24ec7590.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function minFee() view returns(uint64)
func (bridge *Bridge) PackMinFee() []byte {
	enc, err := bridge.abi.Pack("minFee")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMinFee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24ec7590.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function minFee() view returns(uint64)
func (bridge *Bridge) TryPackMinFee() ([]byte, error) {
	return bridge.abi.Pack("minFee")
}

// UnpackMinFee is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x24ec7590.
//
// Solidity: function minFee() view returns(uint64)
func (bridge *Bridge) UnpackMinFee(data []byte) (uint64, error) {
	out, err := bridge.abi.Unpack("minFee", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMinRedemption is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf4ed2fc2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function minRedemption() view returns(uint256)
func (bridge *Bridge) PackMinRedemption() []byte {
	enc, err := bridge.abi.Pack("minRedemption")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMinRedemption is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf4ed2fc2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function minRedemption() view returns(uint256)
func (bridge *Bridge) TryPackMinRedemption() ([]byte, error) {
	return bridge.abi.Pack("minRedemption")
}

// UnpackMinRedemption is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf4ed2fc2.
//
// Solidity: function minRedemption() view returns(uint256)
func (bridge *Bridge) UnpackMinRedemption(data []byte) (*big.Int, error) {
	out, err := bridge.abi.Unpack("minRedemption", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16dd198b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function mint((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes fundingScript, address to, bool wrap_, address payer, uint64 expiry, bytes sigs) returns()
func (bridge *Bridge) PackMint(t Terms, p Proof, fundingScript []byte, to common.Address, wrap bool, payer common.Address, expiry uint64, sigs []byte) []byte {
	enc, err := bridge.abi.Pack("mint", t, p, fundingScript, to, wrap, payer, expiry, sigs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16dd198b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function mint((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes fundingScript, address to, bool wrap_, address payer, uint64 expiry, bytes sigs) returns()
func (bridge *Bridge) TryPackMint(t Terms, p Proof, fundingScript []byte, to common.Address, wrap bool, payer common.Address, expiry uint64, sigs []byte) ([]byte, error) {
	return bridge.abi.Pack("mint", t, p, fundingScript, to, wrap, payer, expiry, sigs)
}

// PackOpen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3b3f73a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function open(bytes32 seriesId) returns()
func (bridge *Bridge) PackOpen(seriesId [32]byte) []byte {
	enc, err := bridge.abi.Pack("open", seriesId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOpen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3b3f73a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function open(bytes32 seriesId) returns()
func (bridge *Bridge) TryPackOpen(seriesId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("open", seriesId)
}

// PackProveFunding is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6eac3390.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proveFunding((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes fundingScript) returns()
func (bridge *Bridge) PackProveFunding(t Terms, p Proof, fundingScript []byte) []byte {
	enc, err := bridge.abi.Pack("proveFunding", t, p, fundingScript)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProveFunding is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6eac3390.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proveFunding((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes fundingScript) returns()
func (bridge *Bridge) TryPackProveFunding(t Terms, p Proof, fundingScript []byte) ([]byte, error) {
	return bridge.abi.Pack("proveFunding", t, p, fundingScript)
}

// PackProveRedemptions is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95969524.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proveRedemptions((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, (bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes)[] r) returns()
func (bridge *Bridge) PackProveRedemptions(p Proof, r []Redemption) []byte {
	enc, err := bridge.abi.Pack("proveRedemptions", p, r)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProveRedemptions is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95969524.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proveRedemptions((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, (bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes)[] r) returns()
func (bridge *Bridge) TryPackProveRedemptions(p Proof, r []Redemption) ([]byte, error) {
	return bridge.abi.Pack("proveRedemptions", p, r)
}

// PackProveSpend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f29f133.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proveSpend((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, uint64 first, uint64 last, uint256 leaf, bytes32[] branch) returns()
func (bridge *Bridge) PackProveSpend(t Terms, p Proof, first uint64, last uint64, leaf *big.Int, branch [][32]byte) []byte {
	enc, err := bridge.abi.Pack("proveSpend", t, p, first, last, leaf, branch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProveSpend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f29f133.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proveSpend((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, uint64 first, uint64 last, uint256 leaf, bytes32[] branch) returns()
func (bridge *Bridge) TryPackProveSpend(t Terms, p Proof, first uint64, last uint64, leaf *big.Int, branch [][32]byte) ([]byte, error) {
	return bridge.abi.Pack("proveSpend", t, p, first, last, leaf, branch)
}

// PackReclaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d949b7d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function reclaim(bytes32 lotId, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) PackReclaim(lotId [32]byte, script []byte, maxFee uint64) []byte {
	enc, err := bridge.abi.Pack("reclaim", lotId, script, maxFee)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReclaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d949b7d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function reclaim(bytes32 lotId, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) TryPackReclaim(lotId [32]byte, script []byte, maxFee uint64) ([]byte, error) {
	return bridge.abi.Pack("reclaim", lotId, script, maxFee)
}

// UnpackReclaim is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7d949b7d.
//
// Solidity: function reclaim(bytes32 lotId, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) UnpackReclaim(data []byte) ([32]byte, error) {
	out, err := bridge.abi.Unpack("reclaim", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRecords is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01e64725.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function records(bytes32 outpointSide) view returns(bytes32 record)
func (bridge *Bridge) PackRecords(outpointSide [32]byte) []byte {
	enc, err := bridge.abi.Pack("records", outpointSide)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecords is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01e64725.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function records(bytes32 outpointSide) view returns(bytes32 record)
func (bridge *Bridge) TryPackRecords(outpointSide [32]byte) ([]byte, error) {
	return bridge.abi.Pack("records", outpointSide)
}

// UnpackRecords is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01e64725.
//
// Solidity: function records(bytes32 outpointSide) view returns(bytes32 record)
func (bridge *Bridge) UnpackRecords(data []byte) ([32]byte, error) {
	out, err := bridge.abi.Unpack("records", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRedeem is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe8e35f0d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function redeem(bytes32 id, bool lot, uint64 amount, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) PackRedeem(id [32]byte, lot bool, amount uint64, script []byte, maxFee uint64) []byte {
	enc, err := bridge.abi.Pack("redeem", id, lot, amount, script, maxFee)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRedeem is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe8e35f0d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function redeem(bytes32 id, bool lot, uint64 amount, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) TryPackRedeem(id [32]byte, lot bool, amount uint64, script []byte, maxFee uint64) ([]byte, error) {
	return bridge.abi.Pack("redeem", id, lot, amount, script, maxFee)
}

// UnpackRedeem is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe8e35f0d.
//
// Solidity: function redeem(bytes32 id, bool lot, uint64 amount, bytes script, uint64 maxFee) returns(bytes32 rid)
func (bridge *Bridge) UnpackRedeem(data []byte) ([32]byte, error) {
	out, err := bridge.abi.Unpack("redeem", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackRedemptions is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd289ad08.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function redemptions(bytes32 rid) view returns(uint256 packed)
func (bridge *Bridge) PackRedemptions(rid [32]byte) []byte {
	enc, err := bridge.abi.Pack("redemptions", rid)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRedemptions is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd289ad08.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function redemptions(bytes32 rid) view returns(uint256 packed)
func (bridge *Bridge) TryPackRedemptions(rid [32]byte) ([]byte, error) {
	return bridge.abi.Pack("redemptions", rid)
}

// UnpackRedemptions is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd289ad08.
//
// Solidity: function redemptions(bytes32 rid) view returns(uint256 packed)
func (bridge *Bridge) UnpackRedemptions(data []byte) (*big.Int, error) {
	out, err := bridge.abi.Unpack("redemptions", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackRelease is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x45b50988.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function release((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t) returns()
func (bridge *Bridge) PackRelease(t Terms) []byte {
	enc, err := bridge.abi.Pack("release", t)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRelease is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x45b50988.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function release((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t) returns()
func (bridge *Bridge) TryPackRelease(t Terms) ([]byte, error) {
	return bridge.abi.Pack("release", t)
}

// PackSeriesCap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ce997b7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function seriesCap() view returns(uint64)
func (bridge *Bridge) PackSeriesCap() []byte {
	enc, err := bridge.abi.Pack("seriesCap")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSeriesCap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ce997b7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function seriesCap() view returns(uint64)
func (bridge *Bridge) TryPackSeriesCap() ([]byte, error) {
	return bridge.abi.Pack("seriesCap")
}

// UnpackSeriesCap is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ce997b7.
//
// Solidity: function seriesCap() view returns(uint64)
func (bridge *Bridge) UnpackSeriesCap(data []byte) (uint64, error) {
	out, err := bridge.abi.Unpack("seriesCap", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackSeriesTotals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa7594b15.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function seriesTotals(bytes32 seriesId) view returns(bool opened, uint64 supply, uint64 sats, uint64 due)
func (bridge *Bridge) PackSeriesTotals(seriesId [32]byte) []byte {
	enc, err := bridge.abi.Pack("seriesTotals", seriesId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSeriesTotals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa7594b15.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function seriesTotals(bytes32 seriesId) view returns(bool opened, uint64 supply, uint64 sats, uint64 due)
func (bridge *Bridge) TryPackSeriesTotals(seriesId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("seriesTotals", seriesId)
}

// SeriesTotalsOutput serves as a container for the return parameters of contract
// method SeriesTotals.
type SeriesTotalsOutput struct {
	Opened bool
	Supply uint64
	Sats   uint64
	Due    uint64
}

// UnpackSeriesTotals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa7594b15.
//
// Solidity: function seriesTotals(bytes32 seriesId) view returns(bool opened, uint64 supply, uint64 sats, uint64 due)
func (bridge *Bridge) UnpackSeriesTotals(data []byte) (SeriesTotalsOutput, error) {
	out, err := bridge.abi.Unpack("seriesTotals", data)
	outstruct := new(SeriesTotalsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Opened = *abi.ConvertType(out[0], new(bool)).(*bool)
	outstruct.Supply = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Sats = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	outstruct.Due = *abi.ConvertType(out[3], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36229da4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settle((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t) returns()
func (bridge *Bridge) PackSettle(t Terms) []byte {
	enc, err := bridge.abi.Pack("settle", t)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36229da4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settle((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t) returns()
func (bridge *Bridge) TryPackSettle(t Terms) ([]byte, error) {
	return bridge.abi.Pack("settle", t)
}

// PackSlash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd48dba6e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slash((bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes) r) returns()
func (bridge *Bridge) PackSlash(r Redemption) []byte {
	enc, err := bridge.abi.Pack("slash", r)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd48dba6e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slash((bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes) r) returns()
func (bridge *Bridge) TryPackSlash(r Redemption) ([]byte, error) {
	return bridge.abi.Pack("slash", r)
}

// PackSlashLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf44360a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashLot((bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes) r, bytes32 lotId) returns()
func (bridge *Bridge) PackSlashLot(r Redemption, lotId [32]byte) []byte {
	enc, err := bridge.abi.Pack("slashLot", r, lotId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashLot is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf44360a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashLot((bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes) r, bytes32 lotId) returns()
func (bridge *Bridge) TryPackSlashLot(r Redemption, lotId [32]byte) ([]byte, error) {
	return bridge.abi.Pack("slashLot", r, lotId)
}

// PackSpv is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x171e9461.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function spv() view returns(address)
func (bridge *Bridge) PackSpv() []byte {
	enc, err := bridge.abi.Pack("spv")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSpv is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x171e9461.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function spv() view returns(address)
func (bridge *Bridge) TryPackSpv() ([]byte, error) {
	return bridge.abi.Pack("spv")
}

// UnpackSpv is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x171e9461.
//
// Solidity: function spv() view returns(address)
func (bridge *Bridge) UnpackSpv(data []byte) (common.Address, error) {
	out, err := bridge.abi.Unpack("spv", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackTotalCap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16450092.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function totalCap() view returns(uint64)
func (bridge *Bridge) PackTotalCap() []byte {
	enc, err := bridge.abi.Pack("totalCap")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTotalCap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16450092.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function totalCap() view returns(uint64)
func (bridge *Bridge) TryPackTotalCap() ([]byte, error) {
	return bridge.abi.Pack("totalCap")
}

// UnpackTotalCap is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x16450092.
//
// Solidity: function totalCap() view returns(uint64)
func (bridge *Bridge) UnpackTotalCap(data []byte) (uint64, error) {
	out, err := bridge.abi.Unpack("totalCap", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackTotals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc038a38e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function totals() view returns(uint64 vault, uint64 live, uint64 nonce, uint64 queue)
func (bridge *Bridge) PackTotals() []byte {
	enc, err := bridge.abi.Pack("totals")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTotals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc038a38e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function totals() view returns(uint64 vault, uint64 live, uint64 nonce, uint64 queue)
func (bridge *Bridge) TryPackTotals() ([]byte, error) {
	return bridge.abi.Pack("totals")
}

// TotalsOutput serves as a container for the return parameters of contract
// method Totals.
type TotalsOutput struct {
	Vault uint64
	Live  uint64
	Nonce uint64
	Queue uint64
}

// UnpackTotals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc038a38e.
//
// Solidity: function totals() view returns(uint64 vault, uint64 live, uint64 nonce, uint64 queue)
func (bridge *Bridge) UnpackTotals(data []byte) (TotalsOutput, error) {
	out, err := bridge.abi.Unpack("totals", data)
	outstruct := new(TotalsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Vault = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Live = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Nonce = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	outstruct.Queue = *abi.ConvertType(out[3], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackWrap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac6a786b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function wrap(bytes32 lotId, uint64 amount) returns()
func (bridge *Bridge) PackWrap(lotId [32]byte, amount uint64) []byte {
	enc, err := bridge.abi.Pack("wrap", lotId, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWrap is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xac6a786b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function wrap(bytes32 lotId, uint64 amount) returns()
func (bridge *Bridge) TryPackWrap(lotId [32]byte, amount uint64) ([]byte, error) {
	return bridge.abi.Pack("wrap", lotId, amount)
}

// BridgeAlarm represents a Alarm event raised by the Bridge contract.
type BridgeAlarm struct {
	LotId [32]byte
	Due   uint64
	Sats  uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeAlarmEventName = "Alarm"

// ContractEventName returns the user-defined event name.
func (BridgeAlarm) ContractEventName() string {
	return BridgeAlarmEventName
}

// UnpackAlarmEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Alarm(bytes32 indexed lotId, uint64 due, uint64 sats)
func (bridge *Bridge) UnpackAlarmEvent(log *types.Log) (*BridgeAlarm, error) {
	event := "Alarm"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeAlarm)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeContested represents a Contested event raised by the Bridge contract.
type BridgeContested struct {
	Kind uint8
	Id   [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const BridgeContestedEventName = "Contested"

// ContractEventName returns the user-defined event name.
func (BridgeContested) ContractEventName() string {
	return BridgeContestedEventName
}

// UnpackContestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Contested(uint8 kind, bytes32 indexed id)
func (bridge *Bridge) UnpackContestedEvent(log *types.Log) (*BridgeContested, error) {
	event := "Contested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeContested)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotFinal represents a LotFinal event raised by the Bridge contract.
type BridgeLotFinal struct {
	LotId [32]byte
	Kind  uint8
	Sats  uint64
	Pot   uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeLotFinalEventName = "LotFinal"

// ContractEventName returns the user-defined event name.
func (BridgeLotFinal) ContractEventName() string {
	return BridgeLotFinalEventName
}

// UnpackLotFinalEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotFinal(bytes32 indexed lotId, uint8 kind, uint64 sats, uint64 pot)
func (bridge *Bridge) UnpackLotFinalEvent(log *types.Log) (*BridgeLotFinal, error) {
	event := "LotFinal"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotFinal)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotFrozen represents a LotFrozen event raised by the Bridge contract.
type BridgeLotFrozen struct {
	LotId [32]byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeLotFrozenEventName = "LotFrozen"

// ContractEventName returns the user-defined event name.
func (BridgeLotFrozen) ContractEventName() string {
	return BridgeLotFrozenEventName
}

// UnpackLotFrozenEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotFrozen(bytes32 indexed lotId)
func (bridge *Bridge) UnpackLotFrozenEvent(log *types.Log) (*BridgeLotFrozen, error) {
	event := "LotFrozen"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotFrozen)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotMinted represents a LotMinted event raised by the Bridge contract.
type BridgeLotMinted struct {
	LotId    [32]byte
	SeriesId [32]byte
	To       common.Address
	Wrapped  bool
	Terms    []byte
	Raw      *types.Log // Blockchain specific contextual infos
}

const BridgeLotMintedEventName = "LotMinted"

// ContractEventName returns the user-defined event name.
func (BridgeLotMinted) ContractEventName() string {
	return BridgeLotMintedEventName
}

// UnpackLotMintedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotMinted(bytes32 indexed lotId, bytes32 indexed seriesId, address indexed to, bool wrapped, bytes terms)
func (bridge *Bridge) UnpackLotMintedEvent(log *types.Log) (*BridgeLotMinted, error) {
	event := "LotMinted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotMinted)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotProven represents a LotProven event raised by the Bridge contract.
type BridgeLotProven struct {
	LotId [32]byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeLotProvenEventName = "LotProven"

// ContractEventName returns the user-defined event name.
func (BridgeLotProven) ContractEventName() string {
	return BridgeLotProvenEventName
}

// UnpackLotProvenEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotProven(bytes32 indexed lotId)
func (bridge *Bridge) UnpackLotProvenEvent(log *types.Log) (*BridgeLotProven, error) {
	event := "LotProven"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotProven)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotReleased represents a LotReleased event raised by the Bridge contract.
type BridgeLotReleased struct {
	LotId [32]byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeLotReleasedEventName = "LotReleased"

// ContractEventName returns the user-defined event name.
func (BridgeLotReleased) ContractEventName() string {
	return BridgeLotReleasedEventName
}

// UnpackLotReleasedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotReleased(bytes32 indexed lotId)
func (bridge *Bridge) UnpackLotReleasedEvent(log *types.Log) (*BridgeLotReleased, error) {
	event := "LotReleased"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotReleased)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotSpent represents a LotSpent event raised by the Bridge contract.
type BridgeLotSpent struct {
	LotId [32]byte
	Kind  uint8
	Sats  uint64
	Txid  [32]byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgeLotSpentEventName = "LotSpent"

// ContractEventName returns the user-defined event name.
func (BridgeLotSpent) ContractEventName() string {
	return BridgeLotSpentEventName
}

// UnpackLotSpentEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotSpent(bytes32 indexed lotId, uint8 kind, uint64 sats, bytes32 txid)
func (bridge *Bridge) UnpackLotSpentEvent(log *types.Log) (*BridgeLotSpent, error) {
	event := "LotSpent"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotSpent)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeLotWrapped represents a LotWrapped event raised by the Bridge contract.
type BridgeLotWrapped struct {
	LotId  [32]byte
	Holder common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const BridgeLotWrappedEventName = "LotWrapped"

// ContractEventName returns the user-defined event name.
func (BridgeLotWrapped) ContractEventName() string {
	return BridgeLotWrappedEventName
}

// UnpackLotWrappedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event LotWrapped(bytes32 indexed lotId, address indexed holder, uint64 amount)
func (bridge *Bridge) UnpackLotWrappedEvent(log *types.Log) (*BridgeLotWrapped, error) {
	event := "LotWrapped"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeLotWrapped)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeRedemptionPaid represents a RedemptionPaid event raised by the Bridge contract.
type BridgeRedemptionPaid struct {
	Rid  [32]byte
	Txid [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const BridgeRedemptionPaidEventName = "RedemptionPaid"

// ContractEventName returns the user-defined event name.
func (BridgeRedemptionPaid) ContractEventName() string {
	return BridgeRedemptionPaidEventName
}

// UnpackRedemptionPaidEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RedemptionPaid(bytes32 indexed rid, bytes32 txid)
func (bridge *Bridge) UnpackRedemptionPaidEvent(log *types.Log) (*BridgeRedemptionPaid, error) {
	event := "RedemptionPaid"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeRedemptionPaid)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeRedemptionRequested represents a RedemptionRequested event raised by the Bridge contract.
type BridgeRedemptionRequested struct {
	Rid        [32]byte
	Owner      common.Address
	Redemption []byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const BridgeRedemptionRequestedEventName = "RedemptionRequested"

// ContractEventName returns the user-defined event name.
func (BridgeRedemptionRequested) ContractEventName() string {
	return BridgeRedemptionRequestedEventName
}

// UnpackRedemptionRequestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RedemptionRequested(bytes32 indexed rid, address indexed owner, bytes redemption)
func (bridge *Bridge) UnpackRedemptionRequestedEvent(log *types.Log) (*BridgeRedemptionRequested, error) {
	event := "RedemptionRequested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeRedemptionRequested)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeSeriesOpened represents a SeriesOpened event raised by the Bridge contract.
type BridgeSeriesOpened struct {
	SeriesId [32]byte
	Supply   uint64
	Sats     uint64
	Pot      uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const BridgeSeriesOpenedEventName = "SeriesOpened"

// ContractEventName returns the user-defined event name.
func (BridgeSeriesOpened) ContractEventName() string {
	return BridgeSeriesOpenedEventName
}

// UnpackSeriesOpenedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SeriesOpened(bytes32 indexed seriesId, uint64 supply, uint64 sats, uint64 pot)
func (bridge *Bridge) UnpackSeriesOpenedEvent(log *types.Log) (*BridgeSeriesOpened, error) {
	event := "SeriesOpened"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeSeriesOpened)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// BridgeSlashed represents a Slashed event raised by the Bridge contract.
type BridgeSlashed struct {
	Rid  [32]byte
	Paid uint64
	Owed uint64
	Raw  *types.Log // Blockchain specific contextual infos
}

const BridgeSlashedEventName = "Slashed"

// ContractEventName returns the user-defined event name.
func (BridgeSlashed) ContractEventName() string {
	return BridgeSlashedEventName
}

// UnpackSlashedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Slashed(bytes32 indexed rid, uint64 paid, uint64 owed)
func (bridge *Bridge) UnpackSlashedEvent(log *types.Log) (*BridgeSlashed, error) {
	event := "Slashed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridge.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgeSlashed)
	if len(log.Data) > 0 {
		if err := bridge.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridge.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (bridge *Bridge) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadBatch"].ID.Bytes()[:4]) {
		return bridge.UnpackBadBatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return bridge.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadRecord"].ID.Bytes()[:4]) {
		return bridge.UnpackBadRecordError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadScript"].ID.Bytes()[:4]) {
		return bridge.UnpackBadScriptError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadSeries"].ID.Bytes()[:4]) {
		return bridge.UnpackBadSeriesError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BadUnits"].ID.Bytes()[:4]) {
		return bridge.UnpackBadUnitsError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["BelowMinimum"].ID.Bytes()[:4]) {
		return bridge.UnpackBelowMinimumError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["CapExceeded"].ID.Bytes()[:4]) {
		return bridge.UnpackCapExceededError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["Expired"].ID.Bytes()[:4]) {
		return bridge.UnpackExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["FeeOutOfRange"].ID.Bytes()[:4]) {
		return bridge.UnpackFeeOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["NotFinal"].ID.Bytes()[:4]) {
		return bridge.UnpackNotFinalError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["NotOpen"].ID.Bytes()[:4]) {
		return bridge.UnpackNotOpenError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["NotOwner"].ID.Bytes()[:4]) {
		return bridge.UnpackNotOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["NotPayer"].ID.Bytes()[:4]) {
		return bridge.UnpackNotPayerError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["NotPriced"].ID.Bytes()[:4]) {
		return bridge.UnpackNotPricedError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return bridge.UnpackOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["OutpointUsed"].ID.Bytes()[:4]) {
		return bridge.UnpackOutpointUsedError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["ShortPayment"].ID.Bytes()[:4]) {
		return bridge.UnpackShortPaymentError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["TooEarly"].ID.Bytes()[:4]) {
		return bridge.UnpackTooEarlyError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["TooLate"].ID.Bytes()[:4]) {
		return bridge.UnpackTooLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["UnknownLot"].ID.Bytes()[:4]) {
		return bridge.UnpackUnknownLotError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["UnknownRedemption"].ID.Bytes()[:4]) {
		return bridge.UnpackUnknownRedemptionError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["ValueTooLow"].ID.Bytes()[:4]) {
		return bridge.UnpackValueTooLowError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridge.abi.Errors["WrongTransaction"].ID.Bytes()[:4]) {
		return bridge.UnpackWrongTransactionError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// BridgeBadBatch represents a BadBatch error raised by the Bridge contract.
type BridgeBadBatch struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadBatch()
func BridgeBadBatchErrorID() common.Hash {
	return common.HexToHash("0x86bdc25c99648598923bb853ace35b4957af66811405e311820e81be4c44dd00")
}

// UnpackBadBatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadBatch()
func (bridge *Bridge) UnpackBadBatchError(raw []byte) (*BridgeBadBatch, error) {
	out := new(BridgeBadBatch)
	if err := bridge.abi.UnpackIntoInterface(out, "BadBatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBadConfig represents a BadConfig error raised by the Bridge contract.
type BridgeBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func BridgeBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (bridge *Bridge) UnpackBadConfigError(raw []byte) (*BridgeBadConfig, error) {
	out := new(BridgeBadConfig)
	if err := bridge.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBadRecord represents a BadRecord error raised by the Bridge contract.
type BridgeBadRecord struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadRecord()
func BridgeBadRecordErrorID() common.Hash {
	return common.HexToHash("0x00defe30828302811f6eeddfd75fd8f5ed29951d8aa981806467efb113622872")
}

// UnpackBadRecordError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadRecord()
func (bridge *Bridge) UnpackBadRecordError(raw []byte) (*BridgeBadRecord, error) {
	out := new(BridgeBadRecord)
	if err := bridge.abi.UnpackIntoInterface(out, "BadRecord", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBadScript represents a BadScript error raised by the Bridge contract.
type BridgeBadScript struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadScript()
func BridgeBadScriptErrorID() common.Hash {
	return common.HexToHash("0x738f6228880729aba74bc67f9347f1dca133b64570dc558f0d2be14dcdfa082b")
}

// UnpackBadScriptError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadScript()
func (bridge *Bridge) UnpackBadScriptError(raw []byte) (*BridgeBadScript, error) {
	out := new(BridgeBadScript)
	if err := bridge.abi.UnpackIntoInterface(out, "BadScript", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBadSeries represents a BadSeries error raised by the Bridge contract.
type BridgeBadSeries struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSeries()
func BridgeBadSeriesErrorID() common.Hash {
	return common.HexToHash("0xb45e12a875224f759ca9df6f5fd037150933df958bff190104c5933adb46f0b3")
}

// UnpackBadSeriesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSeries()
func (bridge *Bridge) UnpackBadSeriesError(raw []byte) (*BridgeBadSeries, error) {
	out := new(BridgeBadSeries)
	if err := bridge.abi.UnpackIntoInterface(out, "BadSeries", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBadUnits represents a BadUnits error raised by the Bridge contract.
type BridgeBadUnits struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadUnits()
func BridgeBadUnitsErrorID() common.Hash {
	return common.HexToHash("0x5bedab79e715a692e05560f67df2e4cbba3fc4421dce14904d8936ddcd9e66af")
}

// UnpackBadUnitsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadUnits()
func (bridge *Bridge) UnpackBadUnitsError(raw []byte) (*BridgeBadUnits, error) {
	out := new(BridgeBadUnits)
	if err := bridge.abi.UnpackIntoInterface(out, "BadUnits", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeBelowMinimum represents a BelowMinimum error raised by the Bridge contract.
type BridgeBelowMinimum struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BelowMinimum()
func BridgeBelowMinimumErrorID() common.Hash {
	return common.HexToHash("0x860b82a9b917a4320d0df0c1d8d3474911b5732417bdf8b46719c35765185d90")
}

// UnpackBelowMinimumError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BelowMinimum()
func (bridge *Bridge) UnpackBelowMinimumError(raw []byte) (*BridgeBelowMinimum, error) {
	out := new(BridgeBelowMinimum)
	if err := bridge.abi.UnpackIntoInterface(out, "BelowMinimum", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeCapExceeded represents a CapExceeded error raised by the Bridge contract.
type BridgeCapExceeded struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CapExceeded()
func BridgeCapExceededErrorID() common.Hash {
	return common.HexToHash("0xa4875a49e4c69b4dd564732678e29e8cc32caabdb4648fffc1c2f5dc38305b55")
}

// UnpackCapExceededError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CapExceeded()
func (bridge *Bridge) UnpackCapExceededError(raw []byte) (*BridgeCapExceeded, error) {
	out := new(BridgeCapExceeded)
	if err := bridge.abi.UnpackIntoInterface(out, "CapExceeded", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeExpired represents a Expired error raised by the Bridge contract.
type BridgeExpired struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Expired()
func BridgeExpiredErrorID() common.Hash {
	return common.HexToHash("0x203d82d8d99f63bfecc8335216735e0271df4249ea752b030f9ab305b94e5afe")
}

// UnpackExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Expired()
func (bridge *Bridge) UnpackExpiredError(raw []byte) (*BridgeExpired, error) {
	out := new(BridgeExpired)
	if err := bridge.abi.UnpackIntoInterface(out, "Expired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeFeeOutOfRange represents a FeeOutOfRange error raised by the Bridge contract.
type BridgeFeeOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FeeOutOfRange()
func BridgeFeeOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x0c8249ad8ea1d57d3e4e16b4c03e082e293fa645ef3e488e11c78d885b0b8312")
}

// UnpackFeeOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FeeOutOfRange()
func (bridge *Bridge) UnpackFeeOutOfRangeError(raw []byte) (*BridgeFeeOutOfRange, error) {
	out := new(BridgeFeeOutOfRange)
	if err := bridge.abi.UnpackIntoInterface(out, "FeeOutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeNotFinal represents a NotFinal error raised by the Bridge contract.
type BridgeNotFinal struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFinal()
func BridgeNotFinalErrorID() common.Hash {
	return common.HexToHash("0xd7c25c793a1aafb90e1fc0019f0f422e781666d247cfb09c4e9f0d4164056539")
}

// UnpackNotFinalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFinal()
func (bridge *Bridge) UnpackNotFinalError(raw []byte) (*BridgeNotFinal, error) {
	out := new(BridgeNotFinal)
	if err := bridge.abi.UnpackIntoInterface(out, "NotFinal", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeNotOpen represents a NotOpen error raised by the Bridge contract.
type BridgeNotOpen struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOpen()
func BridgeNotOpenErrorID() common.Hash {
	return common.HexToHash("0xddafad98957e3330f4cfa14cb453d4f55c78b759d3c470492e4866db3bf3857e")
}

// UnpackNotOpenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOpen()
func (bridge *Bridge) UnpackNotOpenError(raw []byte) (*BridgeNotOpen, error) {
	out := new(BridgeNotOpen)
	if err := bridge.abi.UnpackIntoInterface(out, "NotOpen", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeNotOwner represents a NotOwner error raised by the Bridge contract.
type BridgeNotOwner struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOwner()
func BridgeNotOwnerErrorID() common.Hash {
	return common.HexToHash("0x30cd74712f59d478562d48e2d35de830db72c60a63dd08ae59199eec990b5bc4")
}

// UnpackNotOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOwner()
func (bridge *Bridge) UnpackNotOwnerError(raw []byte) (*BridgeNotOwner, error) {
	out := new(BridgeNotOwner)
	if err := bridge.abi.UnpackIntoInterface(out, "NotOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeNotPayer represents a NotPayer error raised by the Bridge contract.
type BridgeNotPayer struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotPayer()
func BridgeNotPayerErrorID() common.Hash {
	return common.HexToHash("0x1435e3579e10b092db185e7a936873b0ea2125e5dd29d24c96c164f37d5e6db0")
}

// UnpackNotPayerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotPayer()
func (bridge *Bridge) UnpackNotPayerError(raw []byte) (*BridgeNotPayer, error) {
	out := new(BridgeNotPayer)
	if err := bridge.abi.UnpackIntoInterface(out, "NotPayer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeNotPriced represents a NotPriced error raised by the Bridge contract.
type BridgeNotPriced struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotPriced()
func BridgeNotPricedErrorID() common.Hash {
	return common.HexToHash("0x097e5553ca5ecd8e8654150e7ce05fbc05b7fb4f9e4e339a7acc3292de4440f9")
}

// UnpackNotPricedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotPriced()
func (bridge *Bridge) UnpackNotPricedError(raw []byte) (*BridgeNotPriced, error) {
	out := new(BridgeNotPriced)
	if err := bridge.abi.UnpackIntoInterface(out, "NotPriced", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeOutOfRange represents a OutOfRange error raised by the Bridge contract.
type BridgeOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func BridgeOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (bridge *Bridge) UnpackOutOfRangeError(raw []byte) (*BridgeOutOfRange, error) {
	out := new(BridgeOutOfRange)
	if err := bridge.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeOutpointUsed represents a OutpointUsed error raised by the Bridge contract.
type BridgeOutpointUsed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutpointUsed()
func BridgeOutpointUsedErrorID() common.Hash {
	return common.HexToHash("0xb28db7dfce77aa8a9c5ef47f027856205e5d5af55310dde29a9934bc796561fc")
}

// UnpackOutpointUsedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutpointUsed()
func (bridge *Bridge) UnpackOutpointUsedError(raw []byte) (*BridgeOutpointUsed, error) {
	out := new(BridgeOutpointUsed)
	if err := bridge.abi.UnpackIntoInterface(out, "OutpointUsed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeShortPayment represents a ShortPayment error raised by the Bridge contract.
type BridgeShortPayment struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ShortPayment()
func BridgeShortPaymentErrorID() common.Hash {
	return common.HexToHash("0x6e552b91717686a300fcc39a968d5eab2a793d1eb19f43e2c46c0de511169e3e")
}

// UnpackShortPaymentError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ShortPayment()
func (bridge *Bridge) UnpackShortPaymentError(raw []byte) (*BridgeShortPayment, error) {
	out := new(BridgeShortPayment)
	if err := bridge.abi.UnpackIntoInterface(out, "ShortPayment", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeTooEarly represents a TooEarly error raised by the Bridge contract.
type BridgeTooEarly struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooEarly()
func BridgeTooEarlyErrorID() common.Hash {
	return common.HexToHash("0x085de625ed51bbce95c12627fc263453b8d214878d184bd1eaa2cc357a507a30")
}

// UnpackTooEarlyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooEarly()
func (bridge *Bridge) UnpackTooEarlyError(raw []byte) (*BridgeTooEarly, error) {
	out := new(BridgeTooEarly)
	if err := bridge.abi.UnpackIntoInterface(out, "TooEarly", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeTooLate represents a TooLate error raised by the Bridge contract.
type BridgeTooLate struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLate()
func BridgeTooLateErrorID() common.Hash {
	return common.HexToHash("0xecdd1c29e1637c8bfa8cc1f1073ba3a2f674b640f167e7c16246364c720ada92")
}

// UnpackTooLateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLate()
func (bridge *Bridge) UnpackTooLateError(raw []byte) (*BridgeTooLate, error) {
	out := new(BridgeTooLate)
	if err := bridge.abi.UnpackIntoInterface(out, "TooLate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeUnknownLot represents a UnknownLot error raised by the Bridge contract.
type BridgeUnknownLot struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownLot()
func BridgeUnknownLotErrorID() common.Hash {
	return common.HexToHash("0x66802f484d48d2f326565a351b151782645593dc2e20a1a94987439fb5b81293")
}

// UnpackUnknownLotError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownLot()
func (bridge *Bridge) UnpackUnknownLotError(raw []byte) (*BridgeUnknownLot, error) {
	out := new(BridgeUnknownLot)
	if err := bridge.abi.UnpackIntoInterface(out, "UnknownLot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeUnknownRedemption represents a UnknownRedemption error raised by the Bridge contract.
type BridgeUnknownRedemption struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownRedemption()
func BridgeUnknownRedemptionErrorID() common.Hash {
	return common.HexToHash("0x9bbe9a5f78b919a508ae563bdd78b8c007f96abdb3daf866c6eee4597f344112")
}

// UnpackUnknownRedemptionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownRedemption()
func (bridge *Bridge) UnpackUnknownRedemptionError(raw []byte) (*BridgeUnknownRedemption, error) {
	out := new(BridgeUnknownRedemption)
	if err := bridge.abi.UnpackIntoInterface(out, "UnknownRedemption", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeValueTooLow represents a ValueTooLow error raised by the Bridge contract.
type BridgeValueTooLow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ValueTooLow()
func BridgeValueTooLowErrorID() common.Hash {
	return common.HexToHash("0x5321e1df704dae1bdc249260b90b10873459b2f02de3616bd9aef0594fbf8424")
}

// UnpackValueTooLowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ValueTooLow()
func (bridge *Bridge) UnpackValueTooLowError(raw []byte) (*BridgeValueTooLow, error) {
	out := new(BridgeValueTooLow)
	if err := bridge.abi.UnpackIntoInterface(out, "ValueTooLow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgeWrongTransaction represents a WrongTransaction error raised by the Bridge contract.
type BridgeWrongTransaction struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongTransaction()
func BridgeWrongTransactionErrorID() common.Hash {
	return common.HexToHash("0xae363613cac128f5d48608fe1923343b8033b407361b7a20cd7692b57978aa05")
}

// UnpackWrongTransactionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongTransaction()
func (bridge *Bridge) UnpackWrongTransactionError(raw []byte) (*BridgeWrongTransaction, error) {
	out := new(BridgeWrongTransaction)
	if err := bridge.abi.UnpackIntoInterface(out, "WrongTransaction", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayMetaData contains all meta data concerning the CheckpointRelay contract.
var CheckpointRelayMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"anchorHeader\",\"type\":\"bytes\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"epochStart\",\"type\":\"uint32\"},{\"internalType\":\"uint256\",\"name\":\"limit\",\"type\":\"uint256\"},{\"internalType\":\"bool\",\"name\":\"fixedDifficulty\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"genesis\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadBits\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadLength\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadLink\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadTime\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadWork\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotBestChain\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownParent\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnsupportedNetwork\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"tip\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"height\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"work\",\"type\":\"uint256\"}],\"name\":\"NewTip\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"context\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"headers\",\"type\":\"bytes\"}],\"name\":\"addHeaders\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"anchor\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"hash\",\"type\":\"bytes32\"}],\"name\":\"checkpoint\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"packed\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"}],\"name\":\"confirmations\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"conf\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"network\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"noRetarget\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"hash\",\"type\":\"bytes32\"}],\"name\":\"parent\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"earlier\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"powLimit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"bits\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"span\",\"type\":\"uint256\"}],\"name\":\"retarget\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"tip\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"target\",\"type\":\"uint256\"}],\"name\":\"toBits\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"bits\",\"type\":\"uint256\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"bits\",\"type\":\"uint256\"}],\"name\":\"toTarget\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"target\",\"type\":\"uint256\"}],\"stateMutability\":\"pure\",\"type\":\"function\"}]",
	ID:  "7fb4fa4d0ebfffa993b92ef06478b447cb",
	Bin: "0x61010080604052346105d1576116ac803803809161001d82856105e9565b833981019060c0818303126105d15780516001600160401b0381116105d157810182601f820112156105d15780516001600160401b0381116105d55760405191610071601f8301601f1916602001846105e9565b8183526020830194602083830101116105d157815f926020809301875e8301015261009e6020830161060c565b6100aa6040840161060c565b9360608401519260808501519485151586036105d15760a001519160508251036105c25782158015610599575b8015610570575b8015610568575b801561055a575b610533577f6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000831480610542575b610533575f602091606484015193604051918291518091835e8101838152039060025afa156105285760205f805160405183810191825283815261015e6040826105e9565b604051918291518091835e8101838152039060025afa15610528575f519560d882901c60ff1660c883901c61ff00161760b883901c62ff0000161760a883901c63ff0000001617908160181c627fffff8316906280000084161580159061051e575b6104915760038111806104f65781600303600381116104e2576001600160fd1b03811681036104e257839060031b1c925b83159283156104a0575b50505061049157868111610491578860081c8960081b907cff000000ff000000ff000000ff000000ff000000ff000000ff000000ff7dff000000ff000000ff000000ff000000ff000000ff000000ff000000ff007fff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff0084167eff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff84161760101c931691161760101b9079ffff000000000000ffff000000000000ffff000000000000ffff7bffffffff00000000ffffffff00000000ffffffff00000000ffffffff837dffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff84161760201c931691161760201b906fffffffffffffffff0000000000000001600160c01b03821673ffffffff000000000000000000000000ffffffff82161760401b917bffffffff00000000ffffffff00000000ffffffff00000000ffffffff6fffffffffffffffff0000000000000001600160c01b0392161760401c16178060801b9060801c1711610482577f22e74602b50ba67d47dc4ee0e849213d798f13f477637cf08aaab3460fc3e1379660409663ffffffff958a60805260a05260c05260e052876002556fffffffff00000000000000000000000061040a600160801b9460e01c63ff0000008160181b169062ff00008160081b169060ff61ff008260081c169160181c1617171790565b60201b92871b9160601b1617171791168091855f525f60205217825f2055815190815260016020820152a260405161108e908161061e82396080518160f7015260a051816101d9015260c05181818161019f015281816105e90152818161062a0152610bf1015260e05181818160b70152610c960152f35b63586b81f760e01b5f5260045ffd5b638dfb52ad60e01b5f5260045ffd5b91925090826104b4575b50505f80806101fb565b90915060021981019081116104e2576001600160fd1b03811681036104e257829060031b1c14155f806104aa565b634e487b7160e01b5f52601160045260245ffd5b60021982018281116104e2576001600160fd1b03811681036104e257839060031b1b926101f1565b50602081116101c0565b6040513d5f823e3d90fd5b633732a25760e11b5f5260045ffd5b506001600160e01b0385141580610119575085610119565b50600160ff1b8510156100ec565b5084156100e5565b507f43f08bdab050e35b567c864b91f47f50ae725ae2de53bcfbbaf284da0000000083146100de565b507f43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea33090000000083146100d7565b635aed9cff60e01b5f5260045ffd5b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b038211908210176105d557604052565b519063ffffffff821682036105d15756fe60e0806040526004361015610012575f80fd5b5f3560e01c9081632755cd2d146104db5750806330e3eada146102a55780634d0be0a0146102845780635b34eba01461025b57806365da41b9146101fc5780636739afca146101c25780636748a106146101885780636fb2b73e1461016a5780637b7c7eb514610144578063be6d17cd1461011a578063d3fb73b4146100e05763ea9d866b146100a0575f80fd5b346100dc575f6003193601126100dc5760206040517f000000000000000000000000000000000000000000000000000000000000000015158152f35b5f80fd5b346100dc575f6003193601126100dc5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100dc5760206003193601126100dc576004355f526001602052602060405f2054604051908152f35b346100dc5760206003193601126100dc576020610162600435610edb565b604051908152f35b346100dc5760206003193601126100dc576020610162600435610df5565b346100dc575f6003193601126100dc5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100dc575f6003193601126100dc5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100dc5760406003193601126100dc5760043567ffffffffffffffff81116100dc5761022d9036906004016104f5565b6024359167ffffffffffffffff83116100dc576102516102599336906004016104f5565b92909161066e565b005b346100dc5760206003193601126100dc576004355f525f602052602060405f2054604051908152f35b346100dc5760406003193601126100dc576020610162602435600435610570565b346100dc5760406003193601126100dc5760043567ffffffffffffffff81116100dc576102d69036906004016104f5565b602435916050820491821580156104c2575b61039a5760205f60506040518186823760025afa156100dc5760205f818160025afa156100dc575f51928360505b8381106104495750600254805f525f60205263ffffffff60405f205416965f915b8381036103ef575050505f525f60205263ffffffff60405f20541691600183018084116103c257821161039a576044116100dc57608094602463ffffffff9460405196875201356020860152836001838503011660408601520103166060820152f35b7f5aed9cff000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b818310801590610441575b610419575f52600160205261041360405f205492610543565b91610337565b7fe35f33b7000000000000000000000000000000000000000000000000000000005f5260045ffd5b5080156103fa565b90600482860101350361049a576104608185611039565b906050810180911115610316577f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b7f6cf71335000000000000000000000000000000000000000000000000000000005f5260045ffd5b605084029084820460501417156103c2578114156102e8565b346100dc575f6003193601126100dc576020906002548152f35b9181601f840112156100dc5782359167ffffffffffffffff83116100dc57602083818601950101116100dc57565b818102929181159184041417156103c257565b919082018092116103c257565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81146103c25760010190565b9062049d4081101561064e575061058a62049d4091610edb565b90610598818360801c610523565b90621275008204908160801c610621576105dd6105e793621275006105d381946fffffffffffffffffffffffffffffffff6106179916610523565b910660801b610536565b049060801b610536565b7f0000000000000000000000000000000000000000000000000000000000000000908181111561061a5750610df5565b90565b9050610df5565b505050506106177f0000000000000000000000000000000000000000000000000000000000000000610df5565b906249d4008211610663575b61058a90610edb565b6249d400915061065a565b919092605081049384158015610ddc575b61039a577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff85018581116103c2576050810290808204605014901517156103c2576106ca9084611039565b5f525f60205260405f2054610dd55760048301355f525f60205260405f2054938415610dad5763ffffffff85169161070183611064565b906050820290828204605014831517156103c2570361039a5760405196810160051b87016040525f915f5b828110610d2d5750505060048401350361049a5761074990611064565b6004830135945f5f915f93611c20420142116103c25794939291905f8660051b8201825b818110610d03575050955f965b868810610804575050505050505050600490835f525f6020528260405f2055835f526001602052013560405f20558060801c6002545f525f60205260405f205460801c81116107c857505050565b7f22e74602b50ba67d47dc4ee0e849213d798f13f477637cf08aaab3460fc3e137916040918460025563ffffffff8351921682526020820152a2565b90919293949596989989890190600460448301359201350361049a5761087a9060f881901c60e882901c61ff00161760d882901c62ff0000161760c882901c63ff000000161760c05260c01c63ff0000008160181b169062ff00008160081b169060ff61ff008260081c169160181c1617171790565b60a05263ffffffff8a16906001820182116103c25763ffffffff8b60601c1660805263ffffffff8b60401c166107e0600184010615610c94575b60a05103610c6c578660a05103610bdd575b611c20420160c05111610b97578060c051115f14610af957506108f660c051925b60c0518160051b860152610543565b906109018a8a611039565b9a858c77ffffffffffffffff0000000000000000ffffffffffffffff8160081c9160081b917cff000000ff000000ff000000ff000000ff000000ff000000ff000000ff7dff000000ff000000ff000000ff000000ff000000ff000000ff000000ff007fff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff0085167eff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff84161760101c941691161760101b9179ffff000000000000ffff000000000000ffff000000000000ffff7bffffffff00000000ffffffff00000000ffffffff00000000ffffffff847dffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff84161760201c941691161760201b7bffffffff00000000ffffffff00000000ffffffff00000000ffffffff82821673ffffffff000000000000000000000000ffffffff85161760401b93161760401c16178060801b9060801c1711610ac25786610a799160801c610536565b908160801c15801590610aea575b610ac2576001019060c05160201b9060a05160401b9060805160601b9060801b1717171798605081018091116103c25796959493929161077a565b7f586b81f7000000000000000000000000000000000000000000000000000000005f5260045ffd5b506001810160201c1515610a87565b919497939692959099989a5f90600b87105f14610bd55786945b8560011c600181018091116103c25795938860051b8a019460051b8503955b879587811115610bbf577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0019760c0518951108091039614610b7657969496610b32565b95509895509895999691509b999a915060015b15610b97576108f6906108e7565b7fe12e68a4000000000000000000000000000000000000000000000000000000005f5260045ffd5b5095509895509895999691909c9a9b9250610b89565b600b94610b13565b955093509150610bee60a051610edb565b917f00000000000000000000000000000000000000000000000000000000000000008311610c6c57600183018084116103c2578015610c3f57831904600181018091116103c2579360a051956108c6565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b7f8dfb52ad000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f000000000000000000000000000000000000000000000000000000000000000015610cc6575b60c0516080526108b4565b63ffffffff8c60201c169060805182115f14610cf75760805182039182116103c257610cf29190610570565b610cbb565b610cf291505f90610570565b809893949596979851838111610d24575b506020019796959493929761076d565b92506020610d14565b60508102908015948183046050148617156103c25782840195159081610d9e575b5061049a57610d916044610d6460019486611039565b96013560f881901c60e882901c61ff00161760d882901c62ff0000161760c89190911c63ff000000161790565b8160051b8b01520161072c565b9050600486013514155f610d4e565b7fad5ad4f5000000000000000000000000000000000000000000000000000000005f5260045ffd5b5050505050565b605086029086820460501417156103c25782141561067f565b5f9080805b610ec7575060038211610e6a5781600303600381116103c2577f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff811681036103c25760031b1b905b81628000008116610e56575b5060181b1790565b60081c9150610e6490610543565b5f610e4e565b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd82018281116103c2577f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff811681036103c25760031b1c90610e42565b91610ed190610543565b9160081c80610dfa565b908160181c62800000627fffff841693161580159061102f575b610c6c576003811180610fd05781600303600381116103c2577f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff811681036103c257849060031b1c935b848015938415610f54575b50505050610c6c57565b929350909183610f6b575b5050505f808080610f4a565b909192507ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd81019081116103c2577f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff811681036103c25760031b1c14155f8080610f5f565b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd82018281116103c2577f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff811681036103c257849060031b1b93610f3f565b5060208111610ef5565b60505f91816020946040519201823760025afa156100dc5760205f818160025afa156100dc575f5190565b600181018091116103c257600b81101561107b5790565b50600b9056fea164736f6c6343000825000a",
}

// CheckpointRelay is an auto generated Go binding around an Ethereum contract.
type CheckpointRelay struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *CheckpointRelay) GetABI() abi.ABI {
	return c.abi
}

// NewCheckpointRelay creates a new instance of CheckpointRelay.
func NewCheckpointRelay() *CheckpointRelay {
	parsed, err := CheckpointRelayMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &CheckpointRelay{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *CheckpointRelay) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(bytes anchorHeader, uint32 height, uint32 epochStart, uint256 limit, bool fixedDifficulty, bytes32 genesis) returns()
func (checkpointRelay *CheckpointRelay) PackConstructor(anchorHeader []byte, height uint32, epochStart uint32, limit *big.Int, fixedDifficulty bool, genesis [32]byte) []byte {
	enc, err := checkpointRelay.abi.Pack("", anchorHeader, height, epochStart, limit, fixedDifficulty, genesis)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAddHeaders is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x65da41b9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function addHeaders(bytes context, bytes headers) returns()
func (checkpointRelay *CheckpointRelay) PackAddHeaders(context []byte, headers []byte) []byte {
	enc, err := checkpointRelay.abi.Pack("addHeaders", context, headers)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAddHeaders is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x65da41b9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function addHeaders(bytes context, bytes headers) returns()
func (checkpointRelay *CheckpointRelay) TryPackAddHeaders(context []byte, headers []byte) ([]byte, error) {
	return checkpointRelay.abi.Pack("addHeaders", context, headers)
}

// PackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3fb73b4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function anchor() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) PackAnchor() []byte {
	enc, err := checkpointRelay.abi.Pack("anchor")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd3fb73b4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function anchor() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) TryPackAnchor() ([]byte, error) {
	return checkpointRelay.abi.Pack("anchor")
}

// UnpackAnchor is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd3fb73b4.
//
// Solidity: function anchor() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) UnpackAnchor(data []byte) ([32]byte, error) {
	out, err := checkpointRelay.abi.Unpack("anchor", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackCheckpoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5b34eba0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function checkpoint(bytes32 hash) view returns(uint256 packed)
func (checkpointRelay *CheckpointRelay) PackCheckpoint(hash [32]byte) []byte {
	enc, err := checkpointRelay.abi.Pack("checkpoint", hash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCheckpoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5b34eba0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function checkpoint(bytes32 hash) view returns(uint256 packed)
func (checkpointRelay *CheckpointRelay) TryPackCheckpoint(hash [32]byte) ([]byte, error) {
	return checkpointRelay.abi.Pack("checkpoint", hash)
}

// UnpackCheckpoint is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5b34eba0.
//
// Solidity: function checkpoint(bytes32 hash) view returns(uint256 packed)
func (checkpointRelay *CheckpointRelay) UnpackCheckpoint(data []byte) (*big.Int, error) {
	out, err := checkpointRelay.abi.Unpack("checkpoint", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackConfirmations is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30e3eada.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function confirmations(bytes chain, uint256 hops) view returns(bytes32 blockHash, bytes32 root, uint32 height, uint32 conf)
func (checkpointRelay *CheckpointRelay) PackConfirmations(chain []byte, hops *big.Int) []byte {
	enc, err := checkpointRelay.abi.Pack("confirmations", chain, hops)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackConfirmations is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30e3eada.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function confirmations(bytes chain, uint256 hops) view returns(bytes32 blockHash, bytes32 root, uint32 height, uint32 conf)
func (checkpointRelay *CheckpointRelay) TryPackConfirmations(chain []byte, hops *big.Int) ([]byte, error) {
	return checkpointRelay.abi.Pack("confirmations", chain, hops)
}

// ConfirmationsOutput serves as a container for the return parameters of contract
// method Confirmations.
type ConfirmationsOutput struct {
	BlockHash [32]byte
	Root      [32]byte
	Height    uint32
	Conf      uint32
}

// UnpackConfirmations is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x30e3eada.
//
// Solidity: function confirmations(bytes chain, uint256 hops) view returns(bytes32 blockHash, bytes32 root, uint32 height, uint32 conf)
func (checkpointRelay *CheckpointRelay) UnpackConfirmations(data []byte) (ConfirmationsOutput, error) {
	out, err := checkpointRelay.abi.Unpack("confirmations", data)
	outstruct := new(ConfirmationsOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.BlockHash = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.Root = *abi.ConvertType(out[1], new([32]byte)).(*[32]byte)
	outstruct.Height = *abi.ConvertType(out[2], new(uint32)).(*uint32)
	outstruct.Conf = *abi.ConvertType(out[3], new(uint32)).(*uint32)
	return *outstruct, nil
}

// PackNetwork is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6739afca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function network() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) PackNetwork() []byte {
	enc, err := checkpointRelay.abi.Pack("network")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNetwork is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6739afca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function network() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) TryPackNetwork() ([]byte, error) {
	return checkpointRelay.abi.Pack("network")
}

// UnpackNetwork is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6739afca.
//
// Solidity: function network() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) UnpackNetwork(data []byte) ([32]byte, error) {
	out, err := checkpointRelay.abi.Unpack("network", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackNoRetarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea9d866b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function noRetarget() view returns(bool)
func (checkpointRelay *CheckpointRelay) PackNoRetarget() []byte {
	enc, err := checkpointRelay.abi.Pack("noRetarget")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNoRetarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea9d866b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function noRetarget() view returns(bool)
func (checkpointRelay *CheckpointRelay) TryPackNoRetarget() ([]byte, error) {
	return checkpointRelay.abi.Pack("noRetarget")
}

// UnpackNoRetarget is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xea9d866b.
//
// Solidity: function noRetarget() view returns(bool)
func (checkpointRelay *CheckpointRelay) UnpackNoRetarget(data []byte) (bool, error) {
	out, err := checkpointRelay.abi.Unpack("noRetarget", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackParent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe6d17cd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function parent(bytes32 hash) view returns(bytes32 earlier)
func (checkpointRelay *CheckpointRelay) PackParent(hash [32]byte) []byte {
	enc, err := checkpointRelay.abi.Pack("parent", hash)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe6d17cd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function parent(bytes32 hash) view returns(bytes32 earlier)
func (checkpointRelay *CheckpointRelay) TryPackParent(hash [32]byte) ([]byte, error) {
	return checkpointRelay.abi.Pack("parent", hash)
}

// UnpackParent is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbe6d17cd.
//
// Solidity: function parent(bytes32 hash) view returns(bytes32 earlier)
func (checkpointRelay *CheckpointRelay) UnpackParent(data []byte) ([32]byte, error) {
	out, err := checkpointRelay.abi.Unpack("parent", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPowLimit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6748a106.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function powLimit() view returns(uint256)
func (checkpointRelay *CheckpointRelay) PackPowLimit() []byte {
	enc, err := checkpointRelay.abi.Pack("powLimit")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPowLimit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6748a106.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function powLimit() view returns(uint256)
func (checkpointRelay *CheckpointRelay) TryPackPowLimit() ([]byte, error) {
	return checkpointRelay.abi.Pack("powLimit")
}

// UnpackPowLimit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6748a106.
//
// Solidity: function powLimit() view returns(uint256)
func (checkpointRelay *CheckpointRelay) UnpackPowLimit(data []byte) (*big.Int, error) {
	out, err := checkpointRelay.abi.Unpack("powLimit", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackRetarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4d0be0a0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function retarget(uint256 bits, uint256 span) view returns(uint256)
func (checkpointRelay *CheckpointRelay) PackRetarget(bits *big.Int, span *big.Int) []byte {
	enc, err := checkpointRelay.abi.Pack("retarget", bits, span)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRetarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4d0be0a0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function retarget(uint256 bits, uint256 span) view returns(uint256)
func (checkpointRelay *CheckpointRelay) TryPackRetarget(bits *big.Int, span *big.Int) ([]byte, error) {
	return checkpointRelay.abi.Pack("retarget", bits, span)
}

// UnpackRetarget is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4d0be0a0.
//
// Solidity: function retarget(uint256 bits, uint256 span) view returns(uint256)
func (checkpointRelay *CheckpointRelay) UnpackRetarget(data []byte) (*big.Int, error) {
	out, err := checkpointRelay.abi.Unpack("retarget", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackTip is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2755cd2d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function tip() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) PackTip() []byte {
	enc, err := checkpointRelay.abi.Pack("tip")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTip is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2755cd2d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function tip() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) TryPackTip() ([]byte, error) {
	return checkpointRelay.abi.Pack("tip")
}

// UnpackTip is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2755cd2d.
//
// Solidity: function tip() view returns(bytes32)
func (checkpointRelay *CheckpointRelay) UnpackTip(data []byte) ([32]byte, error) {
	out, err := checkpointRelay.abi.Unpack("tip", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackToBits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6fb2b73e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function toBits(uint256 target) pure returns(uint256 bits)
func (checkpointRelay *CheckpointRelay) PackToBits(target *big.Int) []byte {
	enc, err := checkpointRelay.abi.Pack("toBits", target)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackToBits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6fb2b73e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function toBits(uint256 target) pure returns(uint256 bits)
func (checkpointRelay *CheckpointRelay) TryPackToBits(target *big.Int) ([]byte, error) {
	return checkpointRelay.abi.Pack("toBits", target)
}

// UnpackToBits is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6fb2b73e.
//
// Solidity: function toBits(uint256 target) pure returns(uint256 bits)
func (checkpointRelay *CheckpointRelay) UnpackToBits(data []byte) (*big.Int, error) {
	out, err := checkpointRelay.abi.Unpack("toBits", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackToTarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b7c7eb5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function toTarget(uint256 bits) pure returns(uint256 target)
func (checkpointRelay *CheckpointRelay) PackToTarget(bits *big.Int) []byte {
	enc, err := checkpointRelay.abi.Pack("toTarget", bits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackToTarget is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b7c7eb5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function toTarget(uint256 bits) pure returns(uint256 target)
func (checkpointRelay *CheckpointRelay) TryPackToTarget(bits *big.Int) ([]byte, error) {
	return checkpointRelay.abi.Pack("toTarget", bits)
}

// UnpackToTarget is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b7c7eb5.
//
// Solidity: function toTarget(uint256 bits) pure returns(uint256 target)
func (checkpointRelay *CheckpointRelay) UnpackToTarget(data []byte) (*big.Int, error) {
	out, err := checkpointRelay.abi.Unpack("toTarget", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// CheckpointRelayNewTip represents a NewTip event raised by the CheckpointRelay contract.
type CheckpointRelayNewTip struct {
	Tip    [32]byte
	Height *big.Int
	Work   *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const CheckpointRelayNewTipEventName = "NewTip"

// ContractEventName returns the user-defined event name.
func (CheckpointRelayNewTip) ContractEventName() string {
	return CheckpointRelayNewTipEventName
}

// UnpackNewTipEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event NewTip(bytes32 indexed tip, uint256 height, uint256 work)
func (checkpointRelay *CheckpointRelay) UnpackNewTipEvent(log *types.Log) (*CheckpointRelayNewTip, error) {
	event := "NewTip"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != checkpointRelay.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CheckpointRelayNewTip)
	if len(log.Data) > 0 {
		if err := checkpointRelay.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range checkpointRelay.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (checkpointRelay *CheckpointRelay) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["BadBits"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackBadBitsError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["BadLength"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackBadLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["BadLink"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackBadLinkError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["BadTime"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackBadTimeError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["BadWork"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackBadWorkError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["NotBestChain"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackNotBestChainError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["UnknownParent"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackUnknownParentError(raw[4:])
	}
	if bytes.Equal(raw[:4], checkpointRelay.abi.Errors["UnsupportedNetwork"].ID.Bytes()[:4]) {
		return checkpointRelay.UnpackUnsupportedNetworkError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// CheckpointRelayBadBits represents a BadBits error raised by the CheckpointRelay contract.
type CheckpointRelayBadBits struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadBits()
func CheckpointRelayBadBitsErrorID() common.Hash {
	return common.HexToHash("0x8dfb52ad3930e8f8beaa95e958f04e11ed670fcdec33a181ce350d03dbc8b7b8")
}

// UnpackBadBitsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadBits()
func (checkpointRelay *CheckpointRelay) UnpackBadBitsError(raw []byte) (*CheckpointRelayBadBits, error) {
	out := new(CheckpointRelayBadBits)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "BadBits", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayBadLength represents a BadLength error raised by the CheckpointRelay contract.
type CheckpointRelayBadLength struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadLength()
func CheckpointRelayBadLengthErrorID() common.Hash {
	return common.HexToHash("0x5aed9cffb2924f3600794abbbf4f1b8e28b5057f1d71da9a1fd2d3a6d6b7aa32")
}

// UnpackBadLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadLength()
func (checkpointRelay *CheckpointRelay) UnpackBadLengthError(raw []byte) (*CheckpointRelayBadLength, error) {
	out := new(CheckpointRelayBadLength)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "BadLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayBadLink represents a BadLink error raised by the CheckpointRelay contract.
type CheckpointRelayBadLink struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadLink()
func CheckpointRelayBadLinkErrorID() common.Hash {
	return common.HexToHash("0x6cf71335772ff81df2734ddbc7c3857fd542276ceac3ae63e452674ad9738ebd")
}

// UnpackBadLinkError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadLink()
func (checkpointRelay *CheckpointRelay) UnpackBadLinkError(raw []byte) (*CheckpointRelayBadLink, error) {
	out := new(CheckpointRelayBadLink)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "BadLink", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayBadTime represents a BadTime error raised by the CheckpointRelay contract.
type CheckpointRelayBadTime struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadTime()
func CheckpointRelayBadTimeErrorID() common.Hash {
	return common.HexToHash("0xe12e68a45585a16ccf76f9f2a0dddd31e5f22e1e8b720bc8a593b612a7d37f38")
}

// UnpackBadTimeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadTime()
func (checkpointRelay *CheckpointRelay) UnpackBadTimeError(raw []byte) (*CheckpointRelayBadTime, error) {
	out := new(CheckpointRelayBadTime)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "BadTime", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayBadWork represents a BadWork error raised by the CheckpointRelay contract.
type CheckpointRelayBadWork struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadWork()
func CheckpointRelayBadWorkErrorID() common.Hash {
	return common.HexToHash("0x586b81f763d187802bc54843467b467035e59210b0737f7699cbe54e07524257")
}

// UnpackBadWorkError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadWork()
func (checkpointRelay *CheckpointRelay) UnpackBadWorkError(raw []byte) (*CheckpointRelayBadWork, error) {
	out := new(CheckpointRelayBadWork)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "BadWork", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayNotBestChain represents a NotBestChain error raised by the CheckpointRelay contract.
type CheckpointRelayNotBestChain struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotBestChain()
func CheckpointRelayNotBestChainErrorID() common.Hash {
	return common.HexToHash("0xe35f33b7a506f9ff282f1127830cbacef8a1763d018ddf0e9285eb1a7566afef")
}

// UnpackNotBestChainError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotBestChain()
func (checkpointRelay *CheckpointRelay) UnpackNotBestChainError(raw []byte) (*CheckpointRelayNotBestChain, error) {
	out := new(CheckpointRelayNotBestChain)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "NotBestChain", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayUnknownParent represents a UnknownParent error raised by the CheckpointRelay contract.
type CheckpointRelayUnknownParent struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownParent()
func CheckpointRelayUnknownParentErrorID() common.Hash {
	return common.HexToHash("0xad5ad4f54f86a5068fa8cd6a93ed3dd7e43a0551428633eb7ed8b3969e51dc98")
}

// UnpackUnknownParentError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownParent()
func (checkpointRelay *CheckpointRelay) UnpackUnknownParentError(raw []byte) (*CheckpointRelayUnknownParent, error) {
	out := new(CheckpointRelayUnknownParent)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "UnknownParent", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckpointRelayUnsupportedNetwork represents a UnsupportedNetwork error raised by the CheckpointRelay contract.
type CheckpointRelayUnsupportedNetwork struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnsupportedNetwork()
func CheckpointRelayUnsupportedNetworkErrorID() common.Hash {
	return common.HexToHash("0x6e6544aeff2f65f20fd44056cdd0a2ce95963ea2c5f12e5925b742978b08b3d4")
}

// UnpackUnsupportedNetworkError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnsupportedNetwork()
func (checkpointRelay *CheckpointRelay) UnpackUnsupportedNetworkError(raw []byte) (*CheckpointRelayUnsupportedNetwork, error) {
	out := new(CheckpointRelayUnsupportedNetwork)
	if err := checkpointRelay.abi.UnpackIntoInterface(out, "UnsupportedNetwork", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeMetaData contains all meta data concerning the Committee contract.
var CommitteeMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address[]\",\"name\":\"operators_\",\"type\":\"address[]\"},{\"internalType\":\"uint256\",\"name\":\"threshold_\",\"type\":\"uint256\"},{\"internalType\":\"address[3]\",\"name\":\"guardians_\",\"type\":\"address[3]\"},{\"internalType\":\"address\",\"name\":\"fraud_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BelowThreshold\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MintIsHalted\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MintIsPaused\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFraud\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotGuardian\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotOperator\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooEarly\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnsortedSigners\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"Halted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"until\",\"type\":\"uint256\"}],\"name\":\"MintPaused\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"sigs\",\"type\":\"bytes\"}],\"name\":\"check\",\"outputs\":[],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"fraud\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"name\":\"guardians\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"halt\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"halted\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"isOperator\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"yes\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"operators\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pauseMint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pausedAt\",\"outputs\":[{\"internalType\":\"uint40\",\"name\":\"\",\"type\":\"uint40\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"threshold\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "97158d42c9eabfeb4ef3115e633edfe63b",
	Bin: "0x60e06040523461027b57610d2080380380610019816102ab565b928339810160c08282031261027b5781516001600160401b03811161027b57820181601f8201121561027b578051906001600160401b03821161027f578160051b6020806100688184016102ab565b8095815201918301019184831161027b57602001905b8282106102935750505060208301519180605f8501121561027b5760405193606085016001600160401b0381118682101761027f57604052849060a0810192831161027b57604001905b8282106102635750506100da906102d0565b918151918115801561025a575b8015610250575b801561023f575b610230575f805b8482106101d857505084516001600160a01b031615905080156101bc575b801561019d575b61018e5760805260a05260c0525f5b6003811061017057604051610a13908161030d82396080518181816103ab01526104ae015260a05181610120015260c0518181816101c501526102d80152f35b81516001600160a01b03166002820155602090910190600101610130565b63d02ef0e560e01b5f5260045ffd5b50602084015160408501516001600160a01b0391821691161115610121565b50835160208501516001600160a01b039182169116111561011a565b6001600160a01b036101ea83856102e4565b51166001600160a01b03909116101561018e5760016001600160a01b0361021183856102e4565b511691825f525f60205260405f208260ff1982541617905501906100fc565b6301f30c8760e21b5f5260045ffd5b506001600160a01b038416156100f5565b50600f83116100ee565b508282116100e7565b60208091610270846102d0565b8152019101906100c8565b5f80fd5b634e487b7160e01b5f52604160045260245ffd5b602080916102a0846102d0565b81520191019061007e565b6040519190601f01601f191682016001600160401b0381118382101761027f57604052565b51906001600160a01b038216820361027b57565b80518210156102f85760209160051b010190565b634e487b7160e01b5f52603260045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c80630bf4fe67146104135780632e55d0f2146103ce57806342cde4e8146103765780635ed7ca5b146102935780636d70f7ae14610229578063b9b8af0b146101e9578063ba8317121461017b578063cd85cdb514610143578063e673df8a146100eb5763f560c73414610087575f80fd5b346100e75760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75760043560038110156100e75773ffffffffffffffffffffffffffffffffffffffff6020916002015416604051908152f35b5f80fd5b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e757610179610799565b005b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e757602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e757602060ff600154166040519015158152f35b346100e75760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75760043573ffffffffffffffffffffffffffffffffffffffff81168091036100e7575f525f602052602060ff60405f2054166040519015158152f35b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75773ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016330361034e5760017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00815416176001557f1ee9080f6b55ca44ce58681c8162e6c1ac1c47e1da791a4a1c1ec6186d8af1f35f80a1005b7ff6f9561b000000000000000000000000000000000000000000000000000000005f5260045ffd5b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100e7575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e757602064ffffffffff60015460081c16604051908152f35b346100e75760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100e75760243560043567ffffffffffffffff82116100e757366023830112156100e75781600401359067ffffffffffffffff82116100e75736602483850101116100e75760015460ff81166107715760081c64ffffffffff16801515908161075a575b506107325760418204917f000000000000000000000000000000000000000000000000000000000000000083108015610717575b6106ef575f93845b8486106104e757005b856041026041810487036106c25760018701908188116106c257816041029160418304036106c2578181116100e7578482116100e757602481850101910390816040116100e757602081013590826040101561069557604081013560f81c927f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08311801561067e575b610656576020116100e7576020925f9260809235604051928a8452868401526040830152606082015282805260015afa1561064b575f519073ffffffffffffffffffffffffffffffffffffffff821690815f525f60205260ff60405f205416156106235773ffffffffffffffffffffffffffffffffffffffff1610156105fb576001909501946104de565b7fd02ef0e5000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f7c214f04000000000000000000000000000000000000000000000000000000005f5260045ffd5b6040513d5f823e3d90fd5b7f5cd5d233000000000000000000000000000000000000000000000000000000005f5260045ffd5b50601b84141580156105705750601c841415610570565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b7fae274200000000000000000000000000000000000000000000000000000000005f5260045ffd5b5060418302838104604114841517156106c2578114156104d6565b7f58fc3182000000000000000000000000000000000000000000000000000000005f5260045ffd5b905062093a8081018091116106c2574210846104a2565b7f9afb348c000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff60025416331415806109a6575b80610984575b61095c5760015464ffffffffff8160081c168015159081610945575b5061091d5773ffffffffffffffffffffffffffffffffffffffff8160581c168015908115610913575b5080156108f3575b61088b57506001547fff0000000000000000000000000000000000000000ffffffffff0000000000ff65ffffffffff00610847426109c8565b60081b1691161760015562093a8042018042116106c25760207f57787c0247a35d40e46e6e2af55a69e3b2cb2bcc10a4e726d1837d1329a801f091604051908152a1565b6affffffffff0000000000006108a0426109c8565b60301b167fff00000000000000000000000000000000000000000000000000ffffffffffff7effffffffffffffffffffffffffffffffffffffff00000000000000000000003360581b1692161717600155565b5064ffffffffff8160301c166201518081018091116106c257421161080e565b905033145f610806565b7f085de625000000000000000000000000000000000000000000000000000000005f5260045ffd5b905062278d0081018091116106c25742105f6107dd565b7fef6d0f02000000000000000000000000000000000000000000000000000000005f5260045ffd5b5073ffffffffffffffffffffffffffffffffffffffff600454163314156107c1565b5073ffffffffffffffffffffffffffffffffffffffff600354163314156107bb565b64ffffffffff81116109de5764ffffffffff1690565b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffdfea164736f6c6343000825000a",
}

// Committee is an auto generated Go binding around an Ethereum contract.
type Committee struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Committee) GetABI() abi.ABI {
	return c.abi
}

// NewCommittee creates a new instance of Committee.
func NewCommittee() *Committee {
	parsed, err := CommitteeMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Committee{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Committee) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address[] operators_, uint256 threshold_, address[3] guardians_, address fraud_) returns()
func (committee *Committee) PackConstructor(operators_ []common.Address, threshold_ *big.Int, guardians_ [3]common.Address, fraud_ common.Address) []byte {
	enc, err := committee.abi.Pack("", operators_, threshold_, guardians_, fraud_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0bf4fe67.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function check(bytes32 digest, bytes sigs) view returns()
func (committee *Committee) PackCheck(digest [32]byte, sigs []byte) []byte {
	enc, err := committee.abi.Pack("check", digest, sigs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCheck is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0bf4fe67.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function check(bytes32 digest, bytes sigs) view returns()
func (committee *Committee) TryPackCheck(digest [32]byte, sigs []byte) ([]byte, error) {
	return committee.abi.Pack("check", digest, sigs)
}

// PackFraud is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xba831712.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function fraud() view returns(address)
func (committee *Committee) PackFraud() []byte {
	enc, err := committee.abi.Pack("fraud")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFraud is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xba831712.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function fraud() view returns(address)
func (committee *Committee) TryPackFraud() ([]byte, error) {
	return committee.abi.Pack("fraud")
}

// UnpackFraud is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xba831712.
//
// Solidity: function fraud() view returns(address)
func (committee *Committee) UnpackFraud(data []byte) (common.Address, error) {
	out, err := committee.abi.Unpack("fraud", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGuardians is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf560c734.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function guardians(uint256 ) view returns(address)
func (committee *Committee) PackGuardians(arg0 *big.Int) []byte {
	enc, err := committee.abi.Pack("guardians", arg0)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGuardians is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf560c734.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function guardians(uint256 ) view returns(address)
func (committee *Committee) TryPackGuardians(arg0 *big.Int) ([]byte, error) {
	return committee.abi.Pack("guardians", arg0)
}

// UnpackGuardians is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf560c734.
//
// Solidity: function guardians(uint256 ) view returns(address)
func (committee *Committee) UnpackGuardians(data []byte) (common.Address, error) {
	out, err := committee.abi.Unpack("guardians", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackHalt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5ed7ca5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function halt() returns()
func (committee *Committee) PackHalt() []byte {
	enc, err := committee.abi.Pack("halt")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHalt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5ed7ca5b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function halt() returns()
func (committee *Committee) TryPackHalt() ([]byte, error) {
	return committee.abi.Pack("halt")
}

// PackHalted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9b8af0b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function halted() view returns(bool)
func (committee *Committee) PackHalted() []byte {
	enc, err := committee.abi.Pack("halted")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHalted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9b8af0b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function halted() view returns(bool)
func (committee *Committee) TryPackHalted() ([]byte, error) {
	return committee.abi.Pack("halted")
}

// UnpackHalted is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb9b8af0b.
//
// Solidity: function halted() view returns(bool)
func (committee *Committee) UnpackHalted(data []byte) (bool, error) {
	out, err := committee.abi.Unpack("halted", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackIsOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d70f7ae.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isOperator(address operator) view returns(bool yes)
func (committee *Committee) PackIsOperator(operator common.Address) []byte {
	enc, err := committee.abi.Pack("isOperator", operator)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d70f7ae.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isOperator(address operator) view returns(bool yes)
func (committee *Committee) TryPackIsOperator(operator common.Address) ([]byte, error) {
	return committee.abi.Pack("isOperator", operator)
}

// UnpackIsOperator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6d70f7ae.
//
// Solidity: function isOperator(address operator) view returns(bool yes)
func (committee *Committee) UnpackIsOperator(data []byte) (bool, error) {
	out, err := committee.abi.Unpack("isOperator", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackOperators is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe673df8a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function operators() view returns(uint256)
func (committee *Committee) PackOperators() []byte {
	enc, err := committee.abi.Pack("operators")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOperators is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe673df8a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function operators() view returns(uint256)
func (committee *Committee) TryPackOperators() ([]byte, error) {
	return committee.abi.Pack("operators")
}

// UnpackOperators is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe673df8a.
//
// Solidity: function operators() view returns(uint256)
func (committee *Committee) UnpackOperators(data []byte) (*big.Int, error) {
	out, err := committee.abi.Unpack("operators", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackPauseMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcd85cdb5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pauseMint() returns()
func (committee *Committee) PackPauseMint() []byte {
	enc, err := committee.abi.Pack("pauseMint")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPauseMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcd85cdb5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pauseMint() returns()
func (committee *Committee) TryPackPauseMint() ([]byte, error) {
	return committee.abi.Pack("pauseMint")
}

// PackPausedAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2e55d0f2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pausedAt() view returns(uint40)
func (committee *Committee) PackPausedAt() []byte {
	enc, err := committee.abi.Pack("pausedAt")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPausedAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2e55d0f2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pausedAt() view returns(uint40)
func (committee *Committee) TryPackPausedAt() ([]byte, error) {
	return committee.abi.Pack("pausedAt")
}

// UnpackPausedAt is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2e55d0f2.
//
// Solidity: function pausedAt() view returns(uint40)
func (committee *Committee) UnpackPausedAt(data []byte) (*big.Int, error) {
	out, err := committee.abi.Unpack("pausedAt", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42cde4e8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function threshold() view returns(uint256)
func (committee *Committee) PackThreshold() []byte {
	enc, err := committee.abi.Pack("threshold")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42cde4e8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function threshold() view returns(uint256)
func (committee *Committee) TryPackThreshold() ([]byte, error) {
	return committee.abi.Pack("threshold")
}

// UnpackThreshold is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x42cde4e8.
//
// Solidity: function threshold() view returns(uint256)
func (committee *Committee) UnpackThreshold(data []byte) (*big.Int, error) {
	out, err := committee.abi.Unpack("threshold", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// CommitteeHalted represents a Halted event raised by the Committee contract.
type CommitteeHalted struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const CommitteeHaltedEventName = "Halted"

// ContractEventName returns the user-defined event name.
func (CommitteeHalted) ContractEventName() string {
	return CommitteeHaltedEventName
}

// UnpackHaltedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Halted()
func (committee *Committee) UnpackHaltedEvent(log *types.Log) (*CommitteeHalted, error) {
	event := "Halted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != committee.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CommitteeHalted)
	if len(log.Data) > 0 {
		if err := committee.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range committee.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// CommitteeMintPaused represents a MintPaused event raised by the Committee contract.
type CommitteeMintPaused struct {
	Until *big.Int
	Raw   *types.Log // Blockchain specific contextual infos
}

const CommitteeMintPausedEventName = "MintPaused"

// ContractEventName returns the user-defined event name.
func (CommitteeMintPaused) ContractEventName() string {
	return CommitteeMintPausedEventName
}

// UnpackMintPausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event MintPaused(uint256 until)
func (committee *Committee) UnpackMintPausedEvent(log *types.Log) (*CommitteeMintPaused, error) {
	event := "MintPaused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != committee.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CommitteeMintPaused)
	if len(log.Data) > 0 {
		if err := committee.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range committee.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (committee *Committee) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], committee.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return committee.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return committee.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["BelowThreshold"].ID.Bytes()[:4]) {
		return committee.UnpackBelowThresholdError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["MintIsHalted"].ID.Bytes()[:4]) {
		return committee.UnpackMintIsHaltedError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["MintIsPaused"].ID.Bytes()[:4]) {
		return committee.UnpackMintIsPausedError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["NotFraud"].ID.Bytes()[:4]) {
		return committee.UnpackNotFraudError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["NotGuardian"].ID.Bytes()[:4]) {
		return committee.UnpackNotGuardianError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["NotOperator"].ID.Bytes()[:4]) {
		return committee.UnpackNotOperatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return committee.UnpackOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["TooEarly"].ID.Bytes()[:4]) {
		return committee.UnpackTooEarlyError(raw[4:])
	}
	if bytes.Equal(raw[:4], committee.abi.Errors["UnsortedSigners"].ID.Bytes()[:4]) {
		return committee.UnpackUnsortedSignersError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// CommitteeBadConfig represents a BadConfig error raised by the Committee contract.
type CommitteeBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func CommitteeBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (committee *Committee) UnpackBadConfigError(raw []byte) (*CommitteeBadConfig, error) {
	out := new(CommitteeBadConfig)
	if err := committee.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeBadSignature represents a BadSignature error raised by the Committee contract.
type CommitteeBadSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature()
func CommitteeBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x5cd5d2335541c4f2ed05fbe44f397e8b79f8e2333157122d2dab06e378ef7685")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature()
func (committee *Committee) UnpackBadSignatureError(raw []byte) (*CommitteeBadSignature, error) {
	out := new(CommitteeBadSignature)
	if err := committee.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeBelowThreshold represents a BelowThreshold error raised by the Committee contract.
type CommitteeBelowThreshold struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BelowThreshold()
func CommitteeBelowThresholdErrorID() common.Hash {
	return common.HexToHash("0xae274200d6adcbf0730a9bed832d22dc0583cef754b0c78605e79fe6390b1d3c")
}

// UnpackBelowThresholdError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BelowThreshold()
func (committee *Committee) UnpackBelowThresholdError(raw []byte) (*CommitteeBelowThreshold, error) {
	out := new(CommitteeBelowThreshold)
	if err := committee.abi.UnpackIntoInterface(out, "BelowThreshold", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeMintIsHalted represents a MintIsHalted error raised by the Committee contract.
type CommitteeMintIsHalted struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MintIsHalted()
func CommitteeMintIsHaltedErrorID() common.Hash {
	return common.HexToHash("0x9afb348cbcb50c81d1b83ae1f8d0d8d2635c20ae8b5196c7a2663277694d1bf3")
}

// UnpackMintIsHaltedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MintIsHalted()
func (committee *Committee) UnpackMintIsHaltedError(raw []byte) (*CommitteeMintIsHalted, error) {
	out := new(CommitteeMintIsHalted)
	if err := committee.abi.UnpackIntoInterface(out, "MintIsHalted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeMintIsPaused represents a MintIsPaused error raised by the Committee contract.
type CommitteeMintIsPaused struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MintIsPaused()
func CommitteeMintIsPausedErrorID() common.Hash {
	return common.HexToHash("0x58fc3182f7b54af64d9889f1d447aa11776377c33e6c7970761db72de73b69bc")
}

// UnpackMintIsPausedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MintIsPaused()
func (committee *Committee) UnpackMintIsPausedError(raw []byte) (*CommitteeMintIsPaused, error) {
	out := new(CommitteeMintIsPaused)
	if err := committee.abi.UnpackIntoInterface(out, "MintIsPaused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeNotFraud represents a NotFraud error raised by the Committee contract.
type CommitteeNotFraud struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFraud()
func CommitteeNotFraudErrorID() common.Hash {
	return common.HexToHash("0xf6f9561b76db506618117f5054bd0d12494028509470a00e1b65ec7cd42414c1")
}

// UnpackNotFraudError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFraud()
func (committee *Committee) UnpackNotFraudError(raw []byte) (*CommitteeNotFraud, error) {
	out := new(CommitteeNotFraud)
	if err := committee.abi.UnpackIntoInterface(out, "NotFraud", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeNotGuardian represents a NotGuardian error raised by the Committee contract.
type CommitteeNotGuardian struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotGuardian()
func CommitteeNotGuardianErrorID() common.Hash {
	return common.HexToHash("0xef6d0f022a6034a270a71b2c18c08f672aa285210fc713e02118a224aabfd50b")
}

// UnpackNotGuardianError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotGuardian()
func (committee *Committee) UnpackNotGuardianError(raw []byte) (*CommitteeNotGuardian, error) {
	out := new(CommitteeNotGuardian)
	if err := committee.abi.UnpackIntoInterface(out, "NotGuardian", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeNotOperator represents a NotOperator error raised by the Committee contract.
type CommitteeNotOperator struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOperator()
func CommitteeNotOperatorErrorID() common.Hash {
	return common.HexToHash("0x7c214f0474e418b49066b523b4b4fdaaeed28f6f33b3f87920010fb4856b27c9")
}

// UnpackNotOperatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOperator()
func (committee *Committee) UnpackNotOperatorError(raw []byte) (*CommitteeNotOperator, error) {
	out := new(CommitteeNotOperator)
	if err := committee.abi.UnpackIntoInterface(out, "NotOperator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeOutOfRange represents a OutOfRange error raised by the Committee contract.
type CommitteeOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func CommitteeOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (committee *Committee) UnpackOutOfRangeError(raw []byte) (*CommitteeOutOfRange, error) {
	out := new(CommitteeOutOfRange)
	if err := committee.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeTooEarly represents a TooEarly error raised by the Committee contract.
type CommitteeTooEarly struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooEarly()
func CommitteeTooEarlyErrorID() common.Hash {
	return common.HexToHash("0x085de625ed51bbce95c12627fc263453b8d214878d184bd1eaa2cc357a507a30")
}

// UnpackTooEarlyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooEarly()
func (committee *Committee) UnpackTooEarlyError(raw []byte) (*CommitteeTooEarly, error) {
	out := new(CommitteeTooEarly)
	if err := committee.abi.UnpackIntoInterface(out, "TooEarly", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CommitteeUnsortedSigners represents a UnsortedSigners error raised by the Committee contract.
type CommitteeUnsortedSigners struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnsortedSigners()
func CommitteeUnsortedSignersErrorID() common.Hash {
	return common.HexToHash("0xd02ef0e5635209bdcd909cba3ea9f1effe95c2f04fe1c489c6cb5ab141739004")
}

// UnpackUnsortedSignersError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnsortedSigners()
func (committee *Committee) UnpackUnsortedSignersError(raw []byte) (*CommitteeUnsortedSigners, error) {
	out := new(CommitteeUnsortedSigners)
	if err := committee.abi.UnpackIntoInterface(out, "UnsortedSigners", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudMetaData contains all meta data concerning the Fraud contract.
var FraudMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"bridge_\",\"type\":\"address\"},{\"internalType\":\"contractSpv\",\"name\":\"spv_\",\"type\":\"address\"},{\"internalType\":\"contractCommittee\",\"name\":\"committee_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadBatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadLength\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadScript\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSeries\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NoFraud\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NonMinimal\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Size64\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooEarly\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TooLate\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Trailing\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownAccusation\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownLot\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WitnessForm\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WrongTransaction\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"lotId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"until\",\"type\":\"uint256\"}],\"name\":\"Accused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"}],\"name\":\"Answered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"FraudProven\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"BAD_LEAF\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"VAULT_SPENT\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"rawParent\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"vout\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"}],\"name\":\"accuse\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"}],\"name\":\"accused\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"until\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"lot\",\"type\":\"bool\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"sats\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"script\",\"type\":\"bytes\"}],\"internalType\":\"structRedemption[]\",\"name\":\"r\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"change\",\"type\":\"tuple\"}],\"name\":\"answer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bridge\",\"outputs\":[{\"internalType\":\"contractIJudged\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"claim\",\"type\":\"bytes32\"}],\"name\":\"claimed\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"committee\",\"outputs\":[{\"internalType\":\"contractCommittee\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"}],\"name\":\"convict\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"indexParams\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"firstDay\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"lastDay\",\"type\":\"uint32\"},{\"internalType\":\"bytes32[]\",\"name\":\"events\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"shape\",\"type\":\"uint8\"},{\"internalType\":\"bool\",\"name\":\"long_\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"lo\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"hi\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"quantBits\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"refundLocktime\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"minRefundPpm\",\"type\":\"uint32\"}],\"internalType\":\"structSeriesKey\",\"name\":\"k\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"fundingTxid\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"fundingVout\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"collateral\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"notional\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"refundSats\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"refundTxid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"cetRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"vaultScript\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"vaultSalt\",\"type\":\"bytes32\"}],\"internalType\":\"structTerms\",\"name\":\"t\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"first\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"rawCet\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"leaf\",\"type\":\"uint256\"},{\"internalType\":\"bytes32[]\",\"name\":\"branch\",\"type\":\"bytes32[]\"}],\"name\":\"proveBadLeaf\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"spv\",\"outputs\":[{\"internalType\":\"contractSpv\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "5a6486f7066b949c4043e9a1c353384223",
	Bin: "0x60e03461010957601f61252d38819003918201601f19168301916001600160401b0383118484101761010d578084926060946040528339810103126101095780516001600160a01b03811690819003610109576020820151916001600160a01b038316908184036101095760400151906001600160a01b0382168203610109578215908115610100575b506100f15760c05260805260a05260405161240b9081610122823960805181818160c301528181610d6f015281816118b70152611aaf015260a051818181610a6a01528181610e350152611335015260c05181818161045e015281816106f101526107c50152f35b6301f30c8760e21b5f5260045ffd5b9050155f610089565b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe6080806040526004361015610012575f80fd5b5f905f3560e01c908163171e94611461130b57508063241bfe0f146112e25780634e10c91c14610c965780636a36f975146108ce5780637a37f9e9146108b357806381d2a81914610898578063c64751bd14610744578063cc3c0f0614610715578063d864e740146106c4578063e58de7f9146100ea5763e78cea9214610097575f80fd5b346100e757806003193601126100e757602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b80fd5b50346100e75760e06003193601126100e75760043567ffffffffffffffff81116106c057806004016101a060031983360301126106bc576024359067ffffffffffffffff82116106b857816004019161014060031982360301126106b4576044359267ffffffffffffffff8416928385036106b0576064359267ffffffffffffffff84168085036106ac5760843567ffffffffffffffff81116106a85761019590369060040161138a565b97909260c43567ffffffffffffffff81116106a4576101b8903690600401611359565b90866101c38961196d565b9c610327604051809263ffffffff6102f461018461023061021d602087019960208b5280356040890152856101fa6024890161183d565b1660608901528561020d6044890161183d565b16608089015260648701906116b2565b6101a060a08901526101e0880191611705565b9360ff61023f6084830161184e565b1660c087015260ff61025360a4830161184e565b1660e087015261026560c482016114e2565b151561010087015267ffffffffffffffff61028260e483016113b8565b1661012087015267ffffffffffffffff61029f61010483016113b8565b1661014087015267ffffffffffffffff6102bc61012483016113b8565b1661016087015260ff6102d2610144830161184e565b16610180870152836102e7610164830161183d565b166101a08701520161183d565b166101c0830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe081018352826113cd565b51902088350361067c579061034f9160a4356103438d89611b62565b8b8760e4880135611b9a565b156106545760248101359863ffffffff61038361037c6101046103746044870161185c565b95018a611591565b36916115e2565b602081519101209216948c9a8d9661039b8484612187565b919092856103a885611fd6565b1161062a578392931561060057908293925b6105b05750506103cc915083836122fa565b836103d8839693611fec565b11610588579390815b610534575050916103f6916103fd9493611f93565b8585611cba565b9587610529575b50508561051f575b508461050a575b505050506104e2577fbca6ff64bcac0dc9390c97fc6bcaba8df4ad88310ea8d2e1ace48b2c351df624602060405160018152a28073ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016803b156104df578180916004604051809481937f5ed7ca5b0000000000000000000000000000000000000000000000000000000083525af180156104d4576104c35750f35b816104cd916113cd565b6100e75780f35b6040513d84823e3d90fd5b50fd5b6004827fbb6a9cb5000000000000000000000000000000000000000000000000000000008152fd5b610515939450611cba565b145f808080610413565b841494505f61040c565b111595505f80610404565b909361037c82610548610554938787611ef3565b80959294918989611b4a565b6020815191012014610573575b5061056c9094611c8f565b90816103e1565b6105819061056c9299611830565b9790610561565b60048f7f5aed9cff000000000000000000000000000000000000000000000000000000008152fd5b90916105bd908686612002565b9f9083858315946105d8956105e1575b505050509e93611c8f565b929190836103ba565b14925090826105f6575b50505f8385826105cd565b149050825f6105eb565b505060048f7f094e22c8000000000000000000000000000000000000000000000000000000008152fd5b505060048f7f5aed9cff000000000000000000000000000000000000000000000000000000008152fd5b60048b7fae363613000000000000000000000000000000000000000000000000000000008152fd5b60048d7fb45e12a8000000000000000000000000000000000000000000000000000000008152fd5b8b80fd5b8980fd5b8880fd5b8680fd5b8480fd5b8380fd5b8280fd5b5080fd5b50346100e757806003193601126100e757602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b50346100e75760206003193601126100e75760ff60406020926004358152600184522054166040519015158152f35b503461084457602060031936011261084457600435805f525f60205260405f205460018111156108705742111561084857805f525f602052600160405f20557fbca6ff64bcac0dc9390c97fc6bcaba8df4ad88310ea8d2e1ace48b2c351df624602060405160028152a273ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016803b15610844575f80916004604051809481937f5ed7ca5b0000000000000000000000000000000000000000000000000000000083525af180156108395761082b575080f35b61083791505f906113cd565b005b6040513d5f823e3d90fd5b5f80fd5b7f085de625000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fa24bd9d7000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610844575f60031936011261084457602060405160018152f35b34610844575f60031936011261084457602060405160028152f35b346108445760806003193601126108445760043567ffffffffffffffff8111610844578060040161014060031983360301126108445760243567ffffffffffffffff81116108445761092490369060040161138a565b604435926064359067ffffffffffffffff82116108445760e06003198336030112610844576109528161196d565b9560408414610c6e575f915f916109698688612187565b8761097383611fd6565b11610c0057908015610c465790815b610c2857610992915087896122fa565b8761099c83611fec565b11610c005790808a1015610c00575f905b888a8c838510610bac5750610104935061037c959250936109d2916109d99795611f93565b0190611591565b6020815191012003610b84576109f4610a349360a095611b62565b9060405195869485947f6f8afc1f00000000000000000000000000000000000000000000000000000000865260c0600487015260c4860190600401611742565b92602485015260448401525f606484015260848301525f60a483015203815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af1908115610839575f91610b4b575b5080515f525f60205260405f2054610b235762015180420190814211610af6576020817f10c3d7c996ccde847ae5158f5fee1a8c39fca778e4170881cf95e94cbb42ceba92515f525f82528360405f20555192604051908152a3005b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b7fecdd1c29000000000000000000000000000000000000000000000000000000005f5260045ffd5b905060a03d60a011610b7d575b610b6281836113cd565b810160a08282031261084457610b7791611657565b82610a9a565b503d610b58565b7f738f6228000000000000000000000000000000000000000000000000000000005f5260045ffd5b9091929394610bbc908484611ef3565b94919390928714610bd7575b505050506001909201906109ad565b849a50610bee939950916001949161037c93611b4a565b602081519101209596908d8a8c610bc8565b7f5aed9cff000000000000000000000000000000000000000000000000000000005f5260045ffd5b610c36610c3f91898b612002565b91505091611c8f565b9081610982565b7f094e22c8000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fe08ee0d0000000000000000000000000000000000000000000000000000000005f5260045ffd5b346108445760606003193601126108445760043567ffffffffffffffff81116108445760e060031982360301126108445760243567ffffffffffffffff811161084457610ce7903690600401611359565b916044359167ffffffffffffffff8311610844578260040191610140600319853603011261084457610d1885611453565b610d2186611453565b915f5b87811061116357506040517ff698da2500000000000000000000000000000000000000000000000000000000815260208160048173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610839575f91611131575b505f91610e15610deb92610dfd60405197889586957f691bda2800000000000000000000000000000000000000000000000000000000875260a0600488015260a4870190600401611742565b906003198683030160248701526117da565b906044840152600319838203016064840152856117da565b83608483015203818373ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af1928315610839575f965f935f9561101a575b5087515f525f60205260405f20546001811115610870574211610b23578015801561100f575b610fd1575f5b818110610f4b5750505050506001815114610ee2575b8380515f525f602052600160405f2055517f0efdea1320d9b8a1bc15f5c7a718388e0a562eeb890ff95c2fa7113765c3547c5f80a2005b610eeb8261196d565b50805115610f1e57610f0a91610104602061037c930151940190611591565b6020815191012003610b8457818080610eab565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b610f5e610f58828661157d565b5161186d565b90610f69818761157d565b5167ffffffffffffffff610f896080610f8385888a6114a2565b0161180d565b16108015610ff9575b610fd1576001915f528160205260405f20827fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0082541617905501610e95565b7f86bdc25c000000000000000000000000000000000000000000000000000000005f5260045ffd5b50815f52600160205260ff60405f205416610f92565b506001855111610e8f565b9750935091503d805f883e61102f81886113cd565b86019160c087840312610844576110468388611657565b608088015167ffffffffffffffff81116108445788019784601f8a011215610844578851986110748a61143b565b996110826040519b8c6113cd565b808b526020808c019160051b8301019187831161084457602001905b8282106111215750505060a08101519067ffffffffffffffff821161084457019380601f860112156108445784516110d58161143b565b956110e360405197886113cd565b81875260208088019260051b82010192831161084457602001905b8282106111115750505096929388610e69565b81518152602091820191016110fe565b815181526020918201910161109e565b90506020813d60201161115b575b8161114c602093836113cd565b8101031261084457515f610d9f565b3d915061113f565b61116e8189876114a2565b906040516020810190602082528335604082015261118e602085016114e2565b1515606082015260408401359373ffffffffffffffffffffffffffffffffffffffff851680950361084457816112746112606112a093600198608085015267ffffffffffffffff6111e1606083016113b8565b1660a085015267ffffffffffffffff6111fc608083016113b8565b1660c085015267ffffffffffffffff61121760a083016113b8565b1660e085015267ffffffffffffffff61123260c083016113b8565b1661010085015267ffffffffffffffff61124e60e083016113b8565b166101208501526101008101906114ef565b61012061014085015261016084019161153f565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe081018352826113cd565b5190206112ad828661157d565b526112ca61037c6112bf838c8a6114a2565b610100810190611591565b602081519101206112db828761157d565b5201610d24565b34610844576020600319360112610844576004355f525f602052602060405f2054604051908152f35b34610844575f6003193601126108445760209073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b9181601f840112156108445782359167ffffffffffffffff8311610844576020808501948460051b01011161084457565b9181601f840112156108445782359167ffffffffffffffff8311610844576020838186019501011161084457565b359067ffffffffffffffff8216820361084457565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761140e57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b67ffffffffffffffff811161140e5760051b60200190565b9061145d8261143b565b61146a60405191826113cd565b8281527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0611498829461143b565b0190602036910137565b9190811015610f1e5760051b810135907ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee181360301821215610844570190565b3590811515820361084457565b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18236030181121561084457016020813591019167ffffffffffffffff821161084457813603831361084457565b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b8051821015610f1e5760209160051b010190565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181360301821215610844570180359067ffffffffffffffff82116108445760200191813603831361084457565b92919267ffffffffffffffff821161140e576040519161162a60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f84011601846113cd565b829481845281830111610844578281602093845f960137010152565b519063ffffffff8216820361084457565b9190826080910312610844576040516080810181811067ffffffffffffffff82111761140e5760405260606116ad81839580518552602081015160208601526116a260408201611646565b604086015201611646565b910152565b90357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18236030181121561084457016020813591019167ffffffffffffffff8211610844578160051b3603831361084457565b90918281527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83116108445760209260051b809284830137010190565b6117d7916117c96117aa61178f61176a61175c86806114ef565b60e0875260e087019161153f565b6020860135602086015261178160408701876114ef565b90868303604088015261153f565b61179c60608601866116b2565b908583036060870152611705565b926080810135608084015260a081013560a084015260c08101906116b2565b9160c0818503910152611705565b90565b90602080835192838152019201905f5b8181106117f75750505090565b82518452602093840193909201916001016117ea565b3567ffffffffffffffff811681036108445790565b9060018201809211610af657565b91908201809211610af657565b359063ffffffff8216820361084457565b359060ff8216820361084457565b3563ffffffff811681036108445790565b604051907fd289ad0800000000000000000000000000000000000000000000000000000000825280600483015260208260248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa918215610839575f92611939575b5060ff82169060048214801561192f575b6119295750600203610fd1577fffffffffffffffffffffffffffffffffffff00000000000000000000000000001690565b91505090565b50600382146118f8565b9091506020813d602011611965575b81611955602093836113cd565b810103126108445751905f6118e7565b3d9150611948565b604051611a6381602081019360208552803560408301526020810135606083015263ffffffff61199f6040830161183d565b16608083015267ffffffffffffffff6119ba606083016113b8565b1660a083015263ffffffff6119d16080830161183d565b1660c083015267ffffffffffffffff6119ec60a083016113b8565b1660e083015260c081013561010083015260e0810135610120830152610120611a2e611a1c6101008401846114ef565b6101408087015261018086019161153f565b910135610160830152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe081018352826113cd565b519020906040517e8f46d300000000000000000000000000000000000000000000000000000000815282600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa908115610839575f91611b0f575b5015611ae757565b7f66802f48000000000000000000000000000000000000000000000000000000005f5260045ffd5b90506020813d602011611b42575b81611b2a602093836113cd565b8101031261084457518015158103610844575f611adf565b3d9150611b1d565b90939293848311610844578411610844578101920390565b6020915f918160405191823760025afa156108445760205f818160025afa15610844575f5190565b9190811015610f1e5760051b0190565b959492919091602086118015611c84575b611c795767ffffffffffffffff6040969594965192816020850195168552166040830152606082015260608152611be36080826113cd565b519020925f925b808410611bf957505050501490565b909192936001908185871c16155f14611c4557611c17868486611b8a565b356040519060208201928352604082015260408152611c376060826113cd565b5190205b9401929190611bea565b611c50868486611b8a565b35906040519060208201928352604082015260408152611c716060826113cd565b519020611c3b565b505050505050505f90565b5084861c1515611bab565b8015610af6577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0190565b9067ffffffffffffffff611cd06080830161185c565b931660ff611ce161014085016120b5565b16601081118015611ec4575b611e9c5780611e59575b5060e083019067ffffffffffffffff611d0f8361180d565b16811115611e4157606067ffffffffffffffff611d3c611d899382611d3560c09761180d565b16906120c3565b61010087019082611d4c8361180d565b16811015611e11575081611d5f8261180d565b165b60ff611d6f60a08a016120b5565b16611df15782611d35611d819361180d565b16930161180d565b9201359283151584036108445763ffffffff67ffffffffffffffff9116911690818102918183041490151715610af6576103e890049115611dd75750905b61014a8210611dd257565b5f9150565b9067ffffffffffffffff611deb92166120c3565b90611dc7565b611e0a915082611e046101208a0161180d565b166120c3565b1693610f83565b61012088019083611e218361180d565b16811115611e3a5750611e34839161180d565b16611d61565b9050611d61565b505060c0611d89606067ffffffffffffffff5f611d3c565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff820191808311610af6576001611e96931b91811c901b611830565b5f611cf7565b7fb45e12a8000000000000000000000000000000000000000000000000000000005f5260045ffd5b50611ed2610120850161180d565b67ffffffffffffffff80611ee9610100880161180d565b1691161115611ced565b9260098301808411610af6578210610c005767ffffffffffffffff838501358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c17169360088401809411610af657611f8a9383611f82926122fa565b809491611830565b918211610c0057565b509060048101809111610af657818111610c005710611fae57565b7f9a1c47cd000000000000000000000000000000000000000000000000000000005f5260045ffd5b90602982029180830460291490151715610af657565b90600982029180830460091490151715610af657565b919260298401808511610af6578210610c005783830193843594602082018211610af657602063ffffffff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff83821661ffff84161760201b92161760201c17169360248201809211610af6576120a1918461209c926122fa565b611830565b9160048301809311610af6578211610c0057565b3560ff811681036108445790565b91908203918211610af657565b01358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b917f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81168103610af65760019060031b1b917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8301928311610af65765ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b5f92919060058210610c00576121f86004829060ff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b60fd81106122f05760ff81146122c85760fd036122be578360ff60025b16946122915750836005019182600511610af6578211610c005761223d8460056002936120d0565b93036122845762ffffff60fd5b16831061225c5780600511610af65790565b7f65512cee000000000000000000000000000000000000000000000000000000005f5260045ffd5b62ffffff6201000061224a565b807f4e487b7100000000000000000000000000000000000000000000000000000000602492526011600452fd5b8360ff6004612215565b6004857f5aed9cff000000000000000000000000000000000000000000000000000000008152fd5b9350600592915050565b929190928361230883611822565b11610c005761237182829060ff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b60fd81106123ea5760ff8114610c005760fd036123e15760ff60025b169360018301809311610af6576123a48584611830565b11610c005783826123b4926120d0565b92600281036123d45762ffffff60fd5b16841061225c576117d791611830565b62ffffff620100006123c4565b60ff600461238d565b918094506001915001809311610af657919056fea164736f6c6343000825000a",
}

// Fraud is an auto generated Go binding around an Ethereum contract.
type Fraud struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Fraud) GetABI() abi.ABI {
	return c.abi
}

// NewFraud creates a new instance of Fraud.
func NewFraud() *Fraud {
	parsed, err := FraudMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Fraud{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Fraud) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address bridge_, address spv_, address committee_) returns()
func (fraud *Fraud) PackConstructor(bridge_ common.Address, spv_ common.Address, committee_ common.Address) []byte {
	enc, err := fraud.abi.Pack("", bridge_, spv_, committee_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackBADLEAF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x81d2a819.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function BAD_LEAF() view returns(uint8)
func (fraud *Fraud) PackBADLEAF() []byte {
	enc, err := fraud.abi.Pack("BAD_LEAF")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBADLEAF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x81d2a819.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function BAD_LEAF() view returns(uint8)
func (fraud *Fraud) TryPackBADLEAF() ([]byte, error) {
	return fraud.abi.Pack("BAD_LEAF")
}

// UnpackBADLEAF is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x81d2a819.
//
// Solidity: function BAD_LEAF() view returns(uint8)
func (fraud *Fraud) UnpackBADLEAF(data []byte) (uint8, error) {
	out, err := fraud.abi.Unpack("BAD_LEAF", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackVAULTSPENT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7a37f9e9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function VAULT_SPENT() view returns(uint8)
func (fraud *Fraud) PackVAULTSPENT() []byte {
	enc, err := fraud.abi.Pack("VAULT_SPENT")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVAULTSPENT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7a37f9e9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function VAULT_SPENT() view returns(uint8)
func (fraud *Fraud) TryPackVAULTSPENT() ([]byte, error) {
	return fraud.abi.Pack("VAULT_SPENT")
}

// UnpackVAULTSPENT is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7a37f9e9.
//
// Solidity: function VAULT_SPENT() view returns(uint8)
func (fraud *Fraud) UnpackVAULTSPENT(data []byte) (uint8, error) {
	out, err := fraud.abi.Unpack("VAULT_SPENT", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackAccuse is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a36f975.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function accuse((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, bytes rawParent, uint256 vout, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p) returns()
func (fraud *Fraud) PackAccuse(t Terms, rawParent []byte, vout *big.Int, p Proof) []byte {
	enc, err := fraud.abi.Pack("accuse", t, rawParent, vout, p)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAccuse is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a36f975.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function accuse((bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, bytes rawParent, uint256 vout, (bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p) returns()
func (fraud *Fraud) TryPackAccuse(t Terms, rawParent []byte, vout *big.Int, p Proof) ([]byte, error) {
	return fraud.abi.Pack("accuse", t, rawParent, vout, p)
}

// PackAccused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x241bfe0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function accused(bytes32 txid) view returns(uint256 until)
func (fraud *Fraud) PackAccused(txid [32]byte) []byte {
	enc, err := fraud.abi.Pack("accused", txid)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAccused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x241bfe0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function accused(bytes32 txid) view returns(uint256 until)
func (fraud *Fraud) TryPackAccused(txid [32]byte) ([]byte, error) {
	return fraud.abi.Pack("accused", txid)
}

// UnpackAccused is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x241bfe0f.
//
// Solidity: function accused(bytes32 txid) view returns(uint256 until)
func (fraud *Fraud) UnpackAccused(data []byte) (*big.Int, error) {
	out, err := fraud.abi.Unpack("accused", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackAnswer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e10c91c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function answer((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, (bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes)[] r, (bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) change) returns()
func (fraud *Fraud) PackAnswer(p Proof, r []Redemption, change Terms) []byte {
	enc, err := fraud.abi.Pack("answer", p, r, change)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnswer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e10c91c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function answer((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, (bytes32,bool,address,uint64,uint64,uint64,uint64,uint64,bytes)[] r, (bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) change) returns()
func (fraud *Fraud) TryPackAnswer(p Proof, r []Redemption, change Terms) ([]byte, error) {
	return fraud.abi.Pack("answer", p, r, change)
}

// PackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bridge() view returns(address)
func (fraud *Fraud) PackBridge() []byte {
	enc, err := fraud.abi.Pack("bridge")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bridge() view returns(address)
func (fraud *Fraud) TryPackBridge() ([]byte, error) {
	return fraud.abi.Pack("bridge")
}

// UnpackBridge is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe78cea92.
//
// Solidity: function bridge() view returns(address)
func (fraud *Fraud) UnpackBridge(data []byte) (common.Address, error) {
	out, err := fraud.abi.Unpack("bridge", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackClaimed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc3c0f06.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimed(bytes32 claim) view returns(bool)
func (fraud *Fraud) PackClaimed(claim [32]byte) []byte {
	enc, err := fraud.abi.Pack("claimed", claim)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc3c0f06.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimed(bytes32 claim) view returns(bool)
func (fraud *Fraud) TryPackClaimed(claim [32]byte) ([]byte, error) {
	return fraud.abi.Pack("claimed", claim)
}

// UnpackClaimed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcc3c0f06.
//
// Solidity: function claimed(bytes32 claim) view returns(bool)
func (fraud *Fraud) UnpackClaimed(data []byte) (bool, error) {
	out, err := fraud.abi.Unpack("claimed", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function committee() view returns(address)
func (fraud *Fraud) PackCommittee() []byte {
	enc, err := fraud.abi.Pack("committee")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCommittee is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd864e740.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function committee() view returns(address)
func (fraud *Fraud) TryPackCommittee() ([]byte, error) {
	return fraud.abi.Pack("committee")
}

// UnpackCommittee is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd864e740.
//
// Solidity: function committee() view returns(address)
func (fraud *Fraud) UnpackCommittee(data []byte) (common.Address, error) {
	out, err := fraud.abi.Unpack("committee", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackConvict is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc64751bd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function convict(bytes32 txid) returns()
func (fraud *Fraud) PackConvict(txid [32]byte) []byte {
	enc, err := fraud.abi.Pack("convict", txid)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackConvict is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc64751bd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function convict(bytes32 txid) returns()
func (fraud *Fraud) TryPackConvict(txid [32]byte) ([]byte, error) {
	return fraud.abi.Pack("convict", txid)
}

// PackProveBadLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe58de7f9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proveBadLeaf((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k, (bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, uint64 first, uint64 last, bytes rawCet, uint256 leaf, bytes32[] branch) returns()
func (fraud *Fraud) PackProveBadLeaf(k SeriesKey, t Terms, first uint64, last uint64, rawCet []byte, leaf *big.Int, branch [][32]byte) []byte {
	enc, err := fraud.abi.Pack("proveBadLeaf", k, t, first, last, rawCet, leaf, branch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProveBadLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe58de7f9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proveBadLeaf((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k, (bytes32,bytes32,uint32,uint64,uint32,uint64,bytes32,bytes32,bytes,bytes32) t, uint64 first, uint64 last, bytes rawCet, uint256 leaf, bytes32[] branch) returns()
func (fraud *Fraud) TryPackProveBadLeaf(k SeriesKey, t Terms, first uint64, last uint64, rawCet []byte, leaf *big.Int, branch [][32]byte) ([]byte, error) {
	return fraud.abi.Pack("proveBadLeaf", k, t, first, last, rawCet, leaf, branch)
}

// PackSpv is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x171e9461.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function spv() view returns(address)
func (fraud *Fraud) PackSpv() []byte {
	enc, err := fraud.abi.Pack("spv")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSpv is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x171e9461.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function spv() view returns(address)
func (fraud *Fraud) TryPackSpv() ([]byte, error) {
	return fraud.abi.Pack("spv")
}

// UnpackSpv is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x171e9461.
//
// Solidity: function spv() view returns(address)
func (fraud *Fraud) UnpackSpv(data []byte) (common.Address, error) {
	out, err := fraud.abi.Unpack("spv", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// FraudAccused represents a Accused event raised by the Fraud contract.
type FraudAccused struct {
	Txid  [32]byte
	LotId [32]byte
	Until *big.Int
	Raw   *types.Log // Blockchain specific contextual infos
}

const FraudAccusedEventName = "Accused"

// ContractEventName returns the user-defined event name.
func (FraudAccused) ContractEventName() string {
	return FraudAccusedEventName
}

// UnpackAccusedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Accused(bytes32 indexed txid, bytes32 indexed lotId, uint256 until)
func (fraud *Fraud) UnpackAccusedEvent(log *types.Log) (*FraudAccused, error) {
	event := "Accused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != fraud.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(FraudAccused)
	if len(log.Data) > 0 {
		if err := fraud.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range fraud.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// FraudAnswered represents a Answered event raised by the Fraud contract.
type FraudAnswered struct {
	Txid [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const FraudAnsweredEventName = "Answered"

// ContractEventName returns the user-defined event name.
func (FraudAnswered) ContractEventName() string {
	return FraudAnsweredEventName
}

// UnpackAnsweredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Answered(bytes32 indexed txid)
func (fraud *Fraud) UnpackAnsweredEvent(log *types.Log) (*FraudAnswered, error) {
	event := "Answered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != fraud.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(FraudAnswered)
	if len(log.Data) > 0 {
		if err := fraud.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range fraud.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// FraudFraudProven represents a FraudProven event raised by the Fraud contract.
type FraudFraudProven struct {
	Kind uint8
	Id   [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const FraudFraudProvenEventName = "FraudProven"

// ContractEventName returns the user-defined event name.
func (FraudFraudProven) ContractEventName() string {
	return FraudFraudProvenEventName
}

// UnpackFraudProvenEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event FraudProven(uint8 kind, bytes32 indexed id)
func (fraud *Fraud) UnpackFraudProvenEvent(log *types.Log) (*FraudFraudProven, error) {
	event := "FraudProven"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != fraud.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(FraudFraudProven)
	if len(log.Data) > 0 {
		if err := fraud.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range fraud.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (fraud *Fraud) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], fraud.abi.Errors["BadBatch"].ID.Bytes()[:4]) {
		return fraud.UnpackBadBatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return fraud.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["BadLength"].ID.Bytes()[:4]) {
		return fraud.UnpackBadLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["BadScript"].ID.Bytes()[:4]) {
		return fraud.UnpackBadScriptError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["BadSeries"].ID.Bytes()[:4]) {
		return fraud.UnpackBadSeriesError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["NoFraud"].ID.Bytes()[:4]) {
		return fraud.UnpackNoFraudError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["NonMinimal"].ID.Bytes()[:4]) {
		return fraud.UnpackNonMinimalError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["Size64"].ID.Bytes()[:4]) {
		return fraud.UnpackSize64Error(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["TooEarly"].ID.Bytes()[:4]) {
		return fraud.UnpackTooEarlyError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["TooLate"].ID.Bytes()[:4]) {
		return fraud.UnpackTooLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["Trailing"].ID.Bytes()[:4]) {
		return fraud.UnpackTrailingError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["UnknownAccusation"].ID.Bytes()[:4]) {
		return fraud.UnpackUnknownAccusationError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["UnknownLot"].ID.Bytes()[:4]) {
		return fraud.UnpackUnknownLotError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["WitnessForm"].ID.Bytes()[:4]) {
		return fraud.UnpackWitnessFormError(raw[4:])
	}
	if bytes.Equal(raw[:4], fraud.abi.Errors["WrongTransaction"].ID.Bytes()[:4]) {
		return fraud.UnpackWrongTransactionError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// FraudBadBatch represents a BadBatch error raised by the Fraud contract.
type FraudBadBatch struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadBatch()
func FraudBadBatchErrorID() common.Hash {
	return common.HexToHash("0x86bdc25c99648598923bb853ace35b4957af66811405e311820e81be4c44dd00")
}

// UnpackBadBatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadBatch()
func (fraud *Fraud) UnpackBadBatchError(raw []byte) (*FraudBadBatch, error) {
	out := new(FraudBadBatch)
	if err := fraud.abi.UnpackIntoInterface(out, "BadBatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudBadConfig represents a BadConfig error raised by the Fraud contract.
type FraudBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func FraudBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (fraud *Fraud) UnpackBadConfigError(raw []byte) (*FraudBadConfig, error) {
	out := new(FraudBadConfig)
	if err := fraud.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudBadLength represents a BadLength error raised by the Fraud contract.
type FraudBadLength struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadLength()
func FraudBadLengthErrorID() common.Hash {
	return common.HexToHash("0x5aed9cffb2924f3600794abbbf4f1b8e28b5057f1d71da9a1fd2d3a6d6b7aa32")
}

// UnpackBadLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadLength()
func (fraud *Fraud) UnpackBadLengthError(raw []byte) (*FraudBadLength, error) {
	out := new(FraudBadLength)
	if err := fraud.abi.UnpackIntoInterface(out, "BadLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudBadScript represents a BadScript error raised by the Fraud contract.
type FraudBadScript struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadScript()
func FraudBadScriptErrorID() common.Hash {
	return common.HexToHash("0x738f6228880729aba74bc67f9347f1dca133b64570dc558f0d2be14dcdfa082b")
}

// UnpackBadScriptError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadScript()
func (fraud *Fraud) UnpackBadScriptError(raw []byte) (*FraudBadScript, error) {
	out := new(FraudBadScript)
	if err := fraud.abi.UnpackIntoInterface(out, "BadScript", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudBadSeries represents a BadSeries error raised by the Fraud contract.
type FraudBadSeries struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSeries()
func FraudBadSeriesErrorID() common.Hash {
	return common.HexToHash("0xb45e12a875224f759ca9df6f5fd037150933df958bff190104c5933adb46f0b3")
}

// UnpackBadSeriesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSeries()
func (fraud *Fraud) UnpackBadSeriesError(raw []byte) (*FraudBadSeries, error) {
	out := new(FraudBadSeries)
	if err := fraud.abi.UnpackIntoInterface(out, "BadSeries", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudNoFraud represents a NoFraud error raised by the Fraud contract.
type FraudNoFraud struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoFraud()
func FraudNoFraudErrorID() common.Hash {
	return common.HexToHash("0xbb6a9cb54cbbbf928521eb87c047d0a049a304ad79d8a9ea5b254b1787818fe4")
}

// UnpackNoFraudError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoFraud()
func (fraud *Fraud) UnpackNoFraudError(raw []byte) (*FraudNoFraud, error) {
	out := new(FraudNoFraud)
	if err := fraud.abi.UnpackIntoInterface(out, "NoFraud", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudNonMinimal represents a NonMinimal error raised by the Fraud contract.
type FraudNonMinimal struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NonMinimal()
func FraudNonMinimalErrorID() common.Hash {
	return common.HexToHash("0x65512ceef06b574ade0ec417df8cf6b4e0bd31e9d20f14d8018130fb8f226ba5")
}

// UnpackNonMinimalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NonMinimal()
func (fraud *Fraud) UnpackNonMinimalError(raw []byte) (*FraudNonMinimal, error) {
	out := new(FraudNonMinimal)
	if err := fraud.abi.UnpackIntoInterface(out, "NonMinimal", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudSize64 represents a Size64 error raised by the Fraud contract.
type FraudSize64 struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Size64()
func FraudSize64ErrorID() common.Hash {
	return common.HexToHash("0xe08ee0d0a153e0b31da4038d16bb5b1bbd64bfe08287da5aa90015fea2a8fea6")
}

// UnpackSize64Error is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Size64()
func (fraud *Fraud) UnpackSize64Error(raw []byte) (*FraudSize64, error) {
	out := new(FraudSize64)
	if err := fraud.abi.UnpackIntoInterface(out, "Size64", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudTooEarly represents a TooEarly error raised by the Fraud contract.
type FraudTooEarly struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooEarly()
func FraudTooEarlyErrorID() common.Hash {
	return common.HexToHash("0x085de625ed51bbce95c12627fc263453b8d214878d184bd1eaa2cc357a507a30")
}

// UnpackTooEarlyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooEarly()
func (fraud *Fraud) UnpackTooEarlyError(raw []byte) (*FraudTooEarly, error) {
	out := new(FraudTooEarly)
	if err := fraud.abi.UnpackIntoInterface(out, "TooEarly", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudTooLate represents a TooLate error raised by the Fraud contract.
type FraudTooLate struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLate()
func FraudTooLateErrorID() common.Hash {
	return common.HexToHash("0xecdd1c29e1637c8bfa8cc1f1073ba3a2f674b640f167e7c16246364c720ada92")
}

// UnpackTooLateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLate()
func (fraud *Fraud) UnpackTooLateError(raw []byte) (*FraudTooLate, error) {
	out := new(FraudTooLate)
	if err := fraud.abi.UnpackIntoInterface(out, "TooLate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudTrailing represents a Trailing error raised by the Fraud contract.
type FraudTrailing struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Trailing()
func FraudTrailingErrorID() common.Hash {
	return common.HexToHash("0x9a1c47cde4ca2952292a5a21addc36c2587c895b6340d404b00e855cb2f7ca44")
}

// UnpackTrailingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Trailing()
func (fraud *Fraud) UnpackTrailingError(raw []byte) (*FraudTrailing, error) {
	out := new(FraudTrailing)
	if err := fraud.abi.UnpackIntoInterface(out, "Trailing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudUnknownAccusation represents a UnknownAccusation error raised by the Fraud contract.
type FraudUnknownAccusation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownAccusation()
func FraudUnknownAccusationErrorID() common.Hash {
	return common.HexToHash("0xa24bd9d7559947b6417e776bad22fecb53871e328cce0d8d43d4eece2d2a74e0")
}

// UnpackUnknownAccusationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownAccusation()
func (fraud *Fraud) UnpackUnknownAccusationError(raw []byte) (*FraudUnknownAccusation, error) {
	out := new(FraudUnknownAccusation)
	if err := fraud.abi.UnpackIntoInterface(out, "UnknownAccusation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudUnknownLot represents a UnknownLot error raised by the Fraud contract.
type FraudUnknownLot struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownLot()
func FraudUnknownLotErrorID() common.Hash {
	return common.HexToHash("0x66802f484d48d2f326565a351b151782645593dc2e20a1a94987439fb5b81293")
}

// UnpackUnknownLotError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownLot()
func (fraud *Fraud) UnpackUnknownLotError(raw []byte) (*FraudUnknownLot, error) {
	out := new(FraudUnknownLot)
	if err := fraud.abi.UnpackIntoInterface(out, "UnknownLot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudWitnessForm represents a WitnessForm error raised by the Fraud contract.
type FraudWitnessForm struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WitnessForm()
func FraudWitnessFormErrorID() common.Hash {
	return common.HexToHash("0x094e22c8ae5b841b426ec889d71101f93220ccb45e06e57e35a7dfba3609d2df")
}

// UnpackWitnessFormError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WitnessForm()
func (fraud *Fraud) UnpackWitnessFormError(raw []byte) (*FraudWitnessForm, error) {
	out := new(FraudWitnessForm)
	if err := fraud.abi.UnpackIntoInterface(out, "WitnessForm", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// FraudWrongTransaction represents a WrongTransaction error raised by the Fraud contract.
type FraudWrongTransaction struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongTransaction()
func FraudWrongTransactionErrorID() common.Hash {
	return common.HexToHash("0xae363613cac128f5d48608fe1923343b8033b407361b7a20cd7692b57978aa05")
}

// UnpackWrongTransactionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongTransaction()
func (fraud *Fraud) UnpackWrongTransactionError(raw []byte) (*FraudWrongTransaction, error) {
	out := new(FraudWrongTransaction)
	if err := fraud.abi.UnpackIntoInterface(out, "WrongTransaction", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LotTokenMetaData contains all meta data concerning the LotToken contract.
var LotTokenMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"bridge_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BalanceOverflow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InsufficientBalance\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InsufficientPermission\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotBridge\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Approval\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"approved\",\"type\":\"bool\"}],\"name\":\"OperatorSet\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Transfer\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"}],\"name\":\"allowance\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"approve\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"}],\"name\":\"balanceOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bridge\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"burn\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"name\":\"decimals\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"}],\"name\":\"isOperator\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"status\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"mint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"}],\"name\":\"name\",\"outputs\":[{\"internalType\":\"string\",\"name\":\"\",\"type\":\"string\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"approved\",\"type\":\"bool\"}],\"name\":\"setOperator\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"result\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"}],\"name\":\"symbol\",\"outputs\":[{\"internalType\":\"string\",\"name\":\"\",\"type\":\"string\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"name\":\"tokenURI\",\"outputs\":[{\"internalType\":\"string\",\"name\":\"\",\"type\":\"string\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"transfer\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"id\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"transferFrom\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"payable\",\"type\":\"function\"}]",
	ID:  "4b9f1fb0825096f85dbd03bb524550921d",
	Bin: "0x60a03461008d57601f610ba138819003918201601f19168301916001600160401b038311848410176100915780849260209460405283398101031261008d57516001600160a01b03811680820361008d571561007e57608052604051610afb90816100a68239608051818181610208015281816102ee01526106910152f35b6301f30c8760e21b5f5260045ffd5b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c8062ad800c14610850578062fdd58e1461081457806301ffc9a7146107b8578063095bcdb614610721578063156e29f61461066a5780633f47e6621461064e578063426a8493146105ea5780634e41a1fb1461048b578063558a729714610416578063598af9e7146103ca578063b6363cf214610385578063c87b56dd14610312578063e78cea92146102c2578063f5298aca146101e05763fe99049a146100bc575f80fd5b60806003193601126101dc576100d0610957565b6100d861097a565b90604435916064359067edcaa89a822939406034528260285233601452603460202054156101a3575b836014526040601420805480841161019657839003905580602852836014526040601420908154928084019384106101895773ffffffffffffffffffffffffffffffffffffffff93849355335f526020521691167f1b3d7edb2e9c0b0e7c525b20aaaef0f5940d2ed71663c7d39266ecafac72885960405fa45f603452602060405160018152f35b6389560ca15f526004601cfd5b63f4d678b85f526004601cfd5b835f5260545f208054600181016101bc575b5050610101565b8084116101cf5783900390555f806101b5565b63deda90305f526004601cfd5b5f80fd5b346101dc576101ee3661099d565b73ffffffffffffffffffffffffffffffffffffffff9291927f000000000000000000000000000000000000000000000000000000000000000016330361029a5767edcaa89a8229394060205281601452825f5260405f2091825491828111610196575f938173ffffffffffffffffffffffffffffffffffffffff94039055338452602052167f1b3d7edb2e9c0b0e7c525b20aaaef0f5940d2ed71663c7d39266ecafac728859604083a4005b7f7fea9dc5000000000000000000000000000000000000000000000000000000005f5260045ffd5b346101dc575f6003193601126101dc57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346101dc5760206003193601126101dc57604051602081019080821067ffffffffffffffff83111761035857610354916040525f81526040519182918261090f565b0390f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b346101dc5760406003193601126101dc5761039e610957565b6103a661097a565b9067edcaa89a822939406020526014525f5260206034600c20546040519015158152f35b346101dc5760606003193601126101dc576103e3610957565b6103eb61097a565b9067edcaa89a822939406034526028526014526044355f52602060545f20545f603452604051908152f35b60406003193601126101dc5761042a610957565b602435908115158092036101dc5767edcaa89a82293940602052336014525f52806034600c2055602052600c5160601c337fceb576d9f15e4e200fdb5096d64d5dfd667e16def20c1eefd14256d8e3faa267602080a3602060405160018152f35b346101dc5760206003193601126101dc576104a7600435610a15565b60065f91606092815160068111156105e2575b80156105da575b5082811061054a575b610354602061053e6027876040519384917f414c4b4c4f542d00000000000000000000000000000000000000000000000000828401528051918291018484015e81015f8382015203017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe081018352826109d4565b6040519182918261090f565b60405193509182900391017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f830181165b8083015181860152019081156105b557907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe09061057d565b505061053e60276103549360209360408183015f8782015201604052815293506104ca565b9050846104c1565b9250826104ba565b6105f33661099d565b909167edcaa89a8229394060345233602852601452815f528060545f20555f5260205160601c337fb3fd5071835887567a0671151121894ddccc2842f1d10bedad13e0d17cace9a760205fa45f603452602060405160018152f35b346101dc5760206003193601126101dc57602060405160088152f35b346101dc576106783661099d565b909173ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016330361029a5767edcaa89a8229394060205280601452825f5260405f209182548181019081106101895773ffffffffffffffffffffffffffffffffffffffff9355335f52602052165f7f1b3d7edb2e9c0b0e7c525b20aaaef0f5940d2ed71663c7d39266ecafac728859604082a4005b61072a3661099d565b909167edcaa89a8229394060205233601452825f5260405f20805480841161019657839003905580601452825f5260405f209182548181019081106101895773ffffffffffffffffffffffffffffffffffffffff9355335f5260205216337f1b3d7edb2e9c0b0e7c525b20aaaef0f5940d2ed71663c7d39266ecafac72885960405fa4602060405160018152f35b346101dc5760206003193601126101dc576004357fffffffff00000000000000000000000000000000000000000000000000000000811681036101dc5760209060e01c604051906301ffc9a7630f632fb3821491141715158152f35b346101dc5760406003193601126101dc5761082d610957565b67edcaa89a822939406020526014526024355f52602060405f2054604051908152f35b346101dc5760206003193601126101dc5761035461086f600435610a15565b61053e602d600283510161307884527ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe8401908152601e6040519485927f416c6b696d697961206c6f742000000000000000000000000000000000000000602085015251918291018484015e81015f8382015203017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe081018352826109d4565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602060409481855280519182918282880152018686015e5f8582860101520116010190565b6004359073ffffffffffffffffffffffffffffffffffffffff821682036101dc57565b6024359073ffffffffffffffffffffffffffffffffffffffff821682036101dc57565b60031960609101126101dc5760043573ffffffffffffffffffffffffffffffffffffffff811681036101dc57906024359060443590565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761035857604052565b90604051608081019260a082016040525f84526f30313233343536373839616263646566600f527ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe6040830191945b0193600f8116516001860153600f8160041c1651855360081c93818114610aac577ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe90610a64565b939050610ae1576080837fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe09203019201918252565b632194895a5f526004601cfdfea164736f6c6343000825000a",
}

// LotToken is an auto generated Go binding around an Ethereum contract.
type LotToken struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *LotToken) GetABI() abi.ABI {
	return c.abi
}

// NewLotToken creates a new instance of LotToken.
func NewLotToken() *LotToken {
	parsed, err := LotTokenMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &LotToken{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *LotToken) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address bridge_) returns()
func (lotToken *LotToken) PackConstructor(bridge_ common.Address) []byte {
	enc, err := lotToken.abi.Pack("", bridge_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x598af9e7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function allowance(address owner, address spender, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) PackAllowance(owner common.Address, spender common.Address, id *big.Int) []byte {
	enc, err := lotToken.abi.Pack("allowance", owner, spender, id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x598af9e7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function allowance(address owner, address spender, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) TryPackAllowance(owner common.Address, spender common.Address, id *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("allowance", owner, spender, id)
}

// UnpackAllowance is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x598af9e7.
//
// Solidity: function allowance(address owner, address spender, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) UnpackAllowance(data []byte) (*big.Int, error) {
	out, err := lotToken.abi.Unpack("allowance", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x426a8493.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function approve(address spender, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) PackApprove(spender common.Address, id *big.Int, amount *big.Int) []byte {
	enc, err := lotToken.abi.Pack("approve", spender, id, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x426a8493.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function approve(address spender, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) TryPackApprove(spender common.Address, id *big.Int, amount *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("approve", spender, id, amount)
}

// UnpackApprove is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x426a8493.
//
// Solidity: function approve(address spender, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) UnpackApprove(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("approve", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00fdd58e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function balanceOf(address owner, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) PackBalanceOf(owner common.Address, id *big.Int) []byte {
	enc, err := lotToken.abi.Pack("balanceOf", owner, id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00fdd58e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function balanceOf(address owner, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) TryPackBalanceOf(owner common.Address, id *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("balanceOf", owner, id)
}

// UnpackBalanceOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x00fdd58e.
//
// Solidity: function balanceOf(address owner, uint256 id) view returns(uint256 amount)
func (lotToken *LotToken) UnpackBalanceOf(data []byte) (*big.Int, error) {
	out, err := lotToken.abi.Unpack("balanceOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bridge() view returns(address)
func (lotToken *LotToken) PackBridge() []byte {
	enc, err := lotToken.abi.Pack("bridge")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bridge() view returns(address)
func (lotToken *LotToken) TryPackBridge() ([]byte, error) {
	return lotToken.abi.Pack("bridge")
}

// UnpackBridge is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe78cea92.
//
// Solidity: function bridge() view returns(address)
func (lotToken *LotToken) UnpackBridge(data []byte) (common.Address, error) {
	out, err := lotToken.abi.Unpack("bridge", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf5298aca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function burn(address from, uint256 id, uint256 amount) returns()
func (lotToken *LotToken) PackBurn(from common.Address, id *big.Int, amount *big.Int) []byte {
	enc, err := lotToken.abi.Pack("burn", from, id, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf5298aca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function burn(address from, uint256 id, uint256 amount) returns()
func (lotToken *LotToken) TryPackBurn(from common.Address, id *big.Int, amount *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("burn", from, id, amount)
}

// PackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f47e662.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function decimals(uint256 ) pure returns(uint8)
func (lotToken *LotToken) PackDecimals(arg0 *big.Int) []byte {
	enc, err := lotToken.abi.Pack("decimals", arg0)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f47e662.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function decimals(uint256 ) pure returns(uint8)
func (lotToken *LotToken) TryPackDecimals(arg0 *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("decimals", arg0)
}

// UnpackDecimals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3f47e662.
//
// Solidity: function decimals(uint256 ) pure returns(uint8)
func (lotToken *LotToken) UnpackDecimals(data []byte) (uint8, error) {
	out, err := lotToken.abi.Unpack("decimals", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackIsOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6363cf2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isOperator(address owner, address spender) view returns(bool status)
func (lotToken *LotToken) PackIsOperator(owner common.Address, spender common.Address) []byte {
	enc, err := lotToken.abi.Pack("isOperator", owner, spender)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6363cf2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isOperator(address owner, address spender) view returns(bool status)
func (lotToken *LotToken) TryPackIsOperator(owner common.Address, spender common.Address) ([]byte, error) {
	return lotToken.abi.Pack("isOperator", owner, spender)
}

// UnpackIsOperator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb6363cf2.
//
// Solidity: function isOperator(address owner, address spender) view returns(bool status)
func (lotToken *LotToken) UnpackIsOperator(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("isOperator", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x156e29f6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function mint(address to, uint256 id, uint256 amount) returns()
func (lotToken *LotToken) PackMint(to common.Address, id *big.Int, amount *big.Int) []byte {
	enc, err := lotToken.abi.Pack("mint", to, id, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x156e29f6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function mint(address to, uint256 id, uint256 amount) returns()
func (lotToken *LotToken) TryPackMint(to common.Address, id *big.Int, amount *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("mint", to, id, amount)
}

// PackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00ad800c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function name(uint256 id) pure returns(string)
func (lotToken *LotToken) PackName(id *big.Int) []byte {
	enc, err := lotToken.abi.Pack("name", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00ad800c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function name(uint256 id) pure returns(string)
func (lotToken *LotToken) TryPackName(id *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("name", id)
}

// UnpackName is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x00ad800c.
//
// Solidity: function name(uint256 id) pure returns(string)
func (lotToken *LotToken) UnpackName(data []byte) (string, error) {
	out, err := lotToken.abi.Unpack("name", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackSetOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x558a7297.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setOperator(address operator, bool approved) payable returns(bool)
func (lotToken *LotToken) PackSetOperator(operator common.Address, approved bool) []byte {
	enc, err := lotToken.abi.Pack("setOperator", operator, approved)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetOperator is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x558a7297.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setOperator(address operator, bool approved) payable returns(bool)
func (lotToken *LotToken) TryPackSetOperator(operator common.Address, approved bool) ([]byte, error) {
	return lotToken.abi.Pack("setOperator", operator, approved)
}

// UnpackSetOperator is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x558a7297.
//
// Solidity: function setOperator(address operator, bool approved) payable returns(bool)
func (lotToken *LotToken) UnpackSetOperator(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("setOperator", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool result)
func (lotToken *LotToken) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := lotToken.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool result)
func (lotToken *LotToken) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return lotToken.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool result)
func (lotToken *LotToken) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e41a1fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function symbol(uint256 id) pure returns(string)
func (lotToken *LotToken) PackSymbol(id *big.Int) []byte {
	enc, err := lotToken.abi.Pack("symbol", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4e41a1fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function symbol(uint256 id) pure returns(string)
func (lotToken *LotToken) TryPackSymbol(id *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("symbol", id)
}

// UnpackSymbol is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4e41a1fb.
//
// Solidity: function symbol(uint256 id) pure returns(string)
func (lotToken *LotToken) UnpackSymbol(data []byte) (string, error) {
	out, err := lotToken.abi.Unpack("symbol", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackTokenURI is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc87b56dd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function tokenURI(uint256 ) pure returns(string)
func (lotToken *LotToken) PackTokenURI(arg0 *big.Int) []byte {
	enc, err := lotToken.abi.Pack("tokenURI", arg0)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTokenURI is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc87b56dd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function tokenURI(uint256 ) pure returns(string)
func (lotToken *LotToken) TryPackTokenURI(arg0 *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("tokenURI", arg0)
}

// UnpackTokenURI is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc87b56dd.
//
// Solidity: function tokenURI(uint256 ) pure returns(string)
func (lotToken *LotToken) UnpackTokenURI(data []byte) (string, error) {
	out, err := lotToken.abi.Unpack("tokenURI", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095bcdb6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transfer(address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) PackTransfer(to common.Address, id *big.Int, amount *big.Int) []byte {
	enc, err := lotToken.abi.Pack("transfer", to, id, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095bcdb6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transfer(address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) TryPackTransfer(to common.Address, id *big.Int, amount *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("transfer", to, id, amount)
}

// UnpackTransfer is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x095bcdb6.
//
// Solidity: function transfer(address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) UnpackTransfer(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("transfer", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfe99049a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferFrom(address from, address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) PackTransferFrom(from common.Address, to common.Address, id *big.Int, amount *big.Int) []byte {
	enc, err := lotToken.abi.Pack("transferFrom", from, to, id, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfe99049a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferFrom(address from, address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) TryPackTransferFrom(from common.Address, to common.Address, id *big.Int, amount *big.Int) ([]byte, error) {
	return lotToken.abi.Pack("transferFrom", from, to, id, amount)
}

// UnpackTransferFrom is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfe99049a.
//
// Solidity: function transferFrom(address from, address to, uint256 id, uint256 amount) payable returns(bool)
func (lotToken *LotToken) UnpackTransferFrom(data []byte) (bool, error) {
	out, err := lotToken.abi.Unpack("transferFrom", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// LotTokenApproval represents a Approval event raised by the LotToken contract.
type LotTokenApproval struct {
	Owner   common.Address
	Spender common.Address
	Id      *big.Int
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const LotTokenApprovalEventName = "Approval"

// ContractEventName returns the user-defined event name.
func (LotTokenApproval) ContractEventName() string {
	return LotTokenApprovalEventName
}

// UnpackApprovalEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Approval(address indexed owner, address indexed spender, uint256 indexed id, uint256 amount)
func (lotToken *LotToken) UnpackApprovalEvent(log *types.Log) (*LotTokenApproval, error) {
	event := "Approval"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != lotToken.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LotTokenApproval)
	if len(log.Data) > 0 {
		if err := lotToken.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range lotToken.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// LotTokenOperatorSet represents a OperatorSet event raised by the LotToken contract.
type LotTokenOperatorSet struct {
	Owner    common.Address
	Operator common.Address
	Approved bool
	Raw      *types.Log // Blockchain specific contextual infos
}

const LotTokenOperatorSetEventName = "OperatorSet"

// ContractEventName returns the user-defined event name.
func (LotTokenOperatorSet) ContractEventName() string {
	return LotTokenOperatorSetEventName
}

// UnpackOperatorSetEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OperatorSet(address indexed owner, address indexed operator, bool approved)
func (lotToken *LotToken) UnpackOperatorSetEvent(log *types.Log) (*LotTokenOperatorSet, error) {
	event := "OperatorSet"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != lotToken.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LotTokenOperatorSet)
	if len(log.Data) > 0 {
		if err := lotToken.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range lotToken.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// LotTokenTransfer represents a Transfer event raised by the LotToken contract.
type LotTokenTransfer struct {
	By     common.Address
	From   common.Address
	To     common.Address
	Id     *big.Int
	Amount *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const LotTokenTransferEventName = "Transfer"

// ContractEventName returns the user-defined event name.
func (LotTokenTransfer) ContractEventName() string {
	return LotTokenTransferEventName
}

// UnpackTransferEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Transfer(address by, address indexed from, address indexed to, uint256 indexed id, uint256 amount)
func (lotToken *LotToken) UnpackTransferEvent(log *types.Log) (*LotTokenTransfer, error) {
	event := "Transfer"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != lotToken.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(LotTokenTransfer)
	if len(log.Data) > 0 {
		if err := lotToken.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range lotToken.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (lotToken *LotToken) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], lotToken.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return lotToken.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], lotToken.abi.Errors["BalanceOverflow"].ID.Bytes()[:4]) {
		return lotToken.UnpackBalanceOverflowError(raw[4:])
	}
	if bytes.Equal(raw[:4], lotToken.abi.Errors["InsufficientBalance"].ID.Bytes()[:4]) {
		return lotToken.UnpackInsufficientBalanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], lotToken.abi.Errors["InsufficientPermission"].ID.Bytes()[:4]) {
		return lotToken.UnpackInsufficientPermissionError(raw[4:])
	}
	if bytes.Equal(raw[:4], lotToken.abi.Errors["NotBridge"].ID.Bytes()[:4]) {
		return lotToken.UnpackNotBridgeError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// LotTokenBadConfig represents a BadConfig error raised by the LotToken contract.
type LotTokenBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func LotTokenBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (lotToken *LotToken) UnpackBadConfigError(raw []byte) (*LotTokenBadConfig, error) {
	out := new(LotTokenBadConfig)
	if err := lotToken.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LotTokenBalanceOverflow represents a BalanceOverflow error raised by the LotToken contract.
type LotTokenBalanceOverflow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BalanceOverflow()
func LotTokenBalanceOverflowErrorID() common.Hash {
	return common.HexToHash("0x89560ca179de587f7cde21350ea3b3107bc2c395f00f00f5a5d9131f8e274b90")
}

// UnpackBalanceOverflowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BalanceOverflow()
func (lotToken *LotToken) UnpackBalanceOverflowError(raw []byte) (*LotTokenBalanceOverflow, error) {
	out := new(LotTokenBalanceOverflow)
	if err := lotToken.abi.UnpackIntoInterface(out, "BalanceOverflow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LotTokenInsufficientBalance represents a InsufficientBalance error raised by the LotToken contract.
type LotTokenInsufficientBalance struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientBalance()
func LotTokenInsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xf4d678b8ce6b5157126b1484a53523762a93571537a7d5ae97d8014a44715c94")
}

// UnpackInsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientBalance()
func (lotToken *LotToken) UnpackInsufficientBalanceError(raw []byte) (*LotTokenInsufficientBalance, error) {
	out := new(LotTokenInsufficientBalance)
	if err := lotToken.abi.UnpackIntoInterface(out, "InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LotTokenInsufficientPermission represents a InsufficientPermission error raised by the LotToken contract.
type LotTokenInsufficientPermission struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientPermission()
func LotTokenInsufficientPermissionErrorID() common.Hash {
	return common.HexToHash("0xdeda9030891ec1949ddc3ab4a6bcfcb7df5a1fe91245a585cc4c934da5889672")
}

// UnpackInsufficientPermissionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientPermission()
func (lotToken *LotToken) UnpackInsufficientPermissionError(raw []byte) (*LotTokenInsufficientPermission, error) {
	out := new(LotTokenInsufficientPermission)
	if err := lotToken.abi.UnpackIntoInterface(out, "InsufficientPermission", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// LotTokenNotBridge represents a NotBridge error raised by the LotToken contract.
type LotTokenNotBridge struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotBridge()
func LotTokenNotBridgeErrorID() common.Hash {
	return common.HexToHash("0x7fea9dc5767ac4b36a9ff237b0759bb2cace1063d7ac36dc2fd31d7b98e58aab")
}

// UnpackNotBridgeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotBridge()
func (lotToken *LotToken) UnpackNotBridgeError(raw []byte) (*LotTokenNotBridge, error) {
	out := new(LotTokenNotBridge)
	if err := lotToken.abi.UnpackIntoInterface(out, "NotBridge", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierMetaData contains all meta data concerning the OracleVerifier contract.
var OracleVerifierMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AlreadyAttested\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadAnnouncement\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadAttestation\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadNonceList\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"UnknownEvent\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ValuesDiffer\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"value\",\"type\":\"uint64\"}],\"name\":\"Attested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"first\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"second\",\"type\":\"uint64\"}],\"name\":\"Equivocated\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"px\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"digits\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"maturity\",\"type\":\"uint32\"}],\"name\":\"EventRegistered\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"ATTESTED\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"EQUIVOCATED\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"REGISTERED\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"UNKNOWN\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32[]\",\"name\":\"keys\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"threshold\",\"type\":\"uint256\"}],\"name\":\"agreed\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"value\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"sSum\",\"type\":\"uint256\"},{\"internalType\":\"uint256[]\",\"name\":\"rx\",\"type\":\"uint256[]\"}],\"name\":\"attest\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"}],\"name\":\"get\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"value\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"digits\",\"type\":\"uint16\"},{\"internalType\":\"uint32\",\"name\":\"maturity\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"}],\"name\":\"oracleOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"px\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"value2\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"sSum2\",\"type\":\"uint256\"},{\"internalType\":\"uint256[]\",\"name\":\"rx\",\"type\":\"uint256[]\"}],\"name\":\"proveEquivocation\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"px\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"eventTlv\",\"type\":\"bytes\"},{\"internalType\":\"uint256[]\",\"name\":\"ry\",\"type\":\"uint256[]\"},{\"internalType\":\"uint256[3]\",\"name\":\"sig\",\"type\":\"uint256[3]\"}],\"name\":\"registerEvent\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"key\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "90e03eb78f9ed819a2d4fd485fc6476422",
	Bin: "0x60e08060405234610144575f601a827f444c432f6f7261636c652f616e6e6f756e63656d656e742f76300000000000006020945260025afa15610139575f5160805260205f60196040517f444c432f6f7261636c652f6174746573746174696f6e2f763000000000000000815260025afa15610139575f5160205f60405182810190848252846040820152600360fc1b6060820152604181526100a3606182610148565b604051918291518091835e8101838152039060025afa15610139575f602091815160a052604051838101918083526040820152603160f81b6060820152604181526100ef606182610148565b604051918291518091835e8101838152039060025afa15610139575f5160c052604051611740908161018082396080518161079a015260a0518161120f015260c051816112310152f35b6040513d5f823e3d90fd5b5f80fd5b601f909101601f19168101906001600160401b0382119082101761016b57604052565b634e487b7160e01b5f52604160045260245ffdfe6080806040526004361015610012575f80fd5b5f3560e01c9081630b0ab7761461057d575080630c78932d1461054557806314035560146104025780632422f5fd146103525780632b80cceb1461031957806345bf015f146102aa578063756d1a95146102715780638eaa6ac0146101fe5780639b94e316146100d85763fd51860e1461008a575f80fd5b346100d45760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d4576004355f525f6020526020600160405f200154604051908152f35b5f80fd5b346100d4576100e6366105e5565b929091845f525f60205260405f20805492600260ff8560e81c16036101d65763ffffffff67ffffffffffffffff82169460a01c1684146101ae577f70a598967ad777f9e1e1ff273a14fabb5273300e41049f371ba2f68078e71a979560409563ffffffff9461015593856111c8565b7d0300000000000000000000000000000000000000000000000000000000007fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8254161781555460a01c169082519182526020820152a2005b7f35d90805000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f37b0f438000000000000000000000000000000000000000000000000000000005f5260045ffd5b346100d45760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d4576004355f525f602052608060405f205463ffffffff6040519160ff8160e81c168352818160a01c16602084015260ff8160e01c16604084015260c01c166060820152f35b346100d4575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d457602060405160038152f35b346100d45760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d45760043567ffffffffffffffff81116100d4576103076102fe60209236906004016105b4565b60243591610fd1565b67ffffffffffffffff60405191168152f35b346100d4575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d457602060405160028152f35b346100d45760c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d45760243567ffffffffffffffff81116100d457366023820112156100d45780600401359067ffffffffffffffff82116100d45736602483830101116100d45760443567ffffffffffffffff81116100d4576103df9036906004016105b4565b903660c4116100d45760209360246103fa940160043561073a565b604051908152f35b346100d457610410366105e5565b845f94939294525f60205260405f209360ff855460e81c1680156101d6576001036101ae576104409284866111c8565b67ffffffffffffffff811663ffffffff811161051d577f6e66d95a9c9b565df9ecbca27a9833128837731082a8d0a1e7ec0135f190c022926104ce63ffffffff6020941682907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b7d0200000000000000000000000000000000000000000000000000000000007fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff825416179055604051908152a2005b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffd5b346100d4575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d45760206040515f8152f35b346100d4575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100d45780600160209252f35b9181601f840112156100d45782359167ffffffffffffffff83116100d4576020808501948460051b0101116100d457565b9060807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8301126100d4576004359160243567ffffffffffffffff811681036100d45791604435916064359067ffffffffffffffff82116100d45761064c916004016105b4565b9091565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761069157604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90600282018092116106cc57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b90600482018092116106cc57565b90600382018092116106cc57565b919082018092116106cc57565b909392938483116100d45784116100d4578101920390565b9294939460205f6040518585823780868101838152039060025afa15610eda575f51604051602081019186835260408201526040815261077b606082610650565b51902095865f525f60205260ff60405f205460e81c16610ee55760205f7f00000000000000000000000000000000000000000000000000000000000000006040518381019180835260408201528787606083013761080a6060828a8101868382015203017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610650565b604051918291518091835e8101838152039060025afa15610eda576108395f5160a43560843560643589611422565b15610eb25760038410610e085762fdd822833560e81c03610e085761086b610863600386866116ca565b809291610715565b858111610e08578503610e085784610882826106be565b11610e085780840135938460f01c94600283018093116106cc5785158015610ea8575b610e085760eb1c621fffe016916108bc8382610715565b96806108c7896106f9565b11610e0857878301803560e01c9860048101918282116106cc57836108eb84610707565b11610e0857600462fdd80a91013560e81c03610e08576007018091116106cc576108636109199183866116ca565b90828211610e08578261092b82610707565b11610e08576102008186013560e81c03610e0857600381018091116106cc576109559083866116ab565b8261095f826106f9565b11610e085780850190813560e01c1591821592610e7a575b508115610e64575b50610e0857610990829182866116ab565b03610e0857868503610e08579394936109b3936109ad9083610715565b92610722565b9290915f915f916001915f915b818310610cdf575050505f60c060209260405190848252848083015284604083015260608201527ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2d60808201527ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f60a082015260055afa156100d4577ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f80925f5182808280098093095f5209900960205273ffffffffffffffffffffffffffffffffffffffff60405f20169167ffffffffffffffff81116106915760405190610ad160207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8401160183610650565b808252602082019236828201116100d457815f92602092863783010152519020916040519360e085019480861067ffffffffffffffff8711176106915760027fa39a288607194aabca2ca780df5ad7e393fb3348c7eb366483429c5bacd5a9e9956040958b98875283528888602085015f8152888601878152610c0863ffffffff606089019360ff8c16855260808a01956001875260a08b0197885260c08b019889525f525f60205273ffffffffffffffffffffffffffffffffffffffff8d5f209a51167fffffffffffffffffffffffff00000000000000000000000000000000000000008b5416178a55511688907fffffffffffffffff00000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000083549260a01b169116179055565b51907fffffff0000000000ffffffffffffffffffffffffffffffffffffffffffffffff7bffffffff0000000000000000000000000000000000000000000000007cff000000000000000000000000000000000000000000000000000000008954935160e01b169360c01b16911617178555517fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7dff00000000000000000000000000000000000000000000000000000000008087549360e81b161691161784555160018401555191015582519182526020820152a3565b9091948560051b7f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff871687036106cc57602081018082116106cc57610d25918a8a610722565b9590359560208110610e30575b50610d3e878585610f53565b3591610d4a8388611606565b15610e085787610d6457505060019094955b0191906109c0565b917ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f80878099949809928184868203920908908115610e08576001937ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f80808b818098968180988f820394099009089281808088800981818a099309968180898008810381858103818a800908089d099a098103938a820390089009089495610d5c565b7f39e0ec97000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9060209792970360031b1b16945f610d32565b9050600681018091116106cc578114155f61097f565b909150600482018083116106cc57610e9285916106be565b11610e08576004013560f01c891415905f610977565b50602086116108a5565b7ffc3fb3e5000000000000000000000000000000000000000000000000000000005f5260045ffd5b6040513d5f823e3d90fd5b5050505050565b67ffffffffffffffff81116106915760051b60200190565b90610f0e82610eec565b610f1b6040519182610650565b8281527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0610f498294610eec565b0190602036910137565b9190811015610f635760051b0190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b8051821015610f635760209160051b010190565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81146106cc5760010190565b91610fdb82610f04565b91610fe581610eec565b91610ff36040519384610650565b8183527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe061102083610eec565b0136602085013761103082610f04565b915f5b818110611062577f5ccc72db000000000000000000000000000000000000000000000000000000005f5260045ffd5b61106d818389610f53565b355f525f60205260405f20805490600260ff8360e81c16036111be57600101549060a01c63ffffffff166110a18388610f90565b526110ac8288610f90565b525f5b81811061118857506110c18187610f90565b5115611180575f5b818111156110dc57506001905b01611033565b6110e68188610f90565b5115158061114f575b80611127575b6111075761110290610fa4565b6110c9565b50939250505067ffffffffffffffff93506111229250610f90565b511690565b508361113c6111368388610f90565b51610fa4565b806111478489610f90565b5210156110f5565b5067ffffffffffffffff6111638288610f90565b511667ffffffffffffffff6111788489610f90565b5116146110ef565b6001906110d6565b8061119560019289610f90565b516111a0848a610f90565b51146111ad575b016110af565b5f6111b8848a610f90565b526111a7565b50506001906110d6565b9293909383549460ff8660e01c16908184148015906113a6575b610e085767ffffffffffffffff169467ffffffffffffffff86831c166112c15760019095919293950154927f0000000000000000000000000000000000000000000000000000000000000000927f0000000000000000000000000000000000000000000000000000000000000000925f975f957fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff840193808511925b81891061130a57505050505050505050916112ae9173ffffffffffffffffffffffffffffffffffffffff9361153b565b1680159182156112e9575b50506112c157565b7f342bd384000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff16141590505f806112b9565b90919293949596979a8461131f8d848b610f53565b35906106cc577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8d850301918883116106cc5761138d7ffffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd03641419260018a81961c16155f1461139e578d88916114a8565b90089b01979695949392919061127e565b8d8d916114a8565b5060405160208101907f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff86116100d4576114136020828860051b80898737810103017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610650565b519020600287015414156111e2565b9390939291926114328486611606565b1561149f5773ffffffffffffffffffffffffffffffffffffffff9261145b6114619383886114a8565b9161153b565b16908115159283611473575b50505090565b909192505f5260205273ffffffffffffffffffffffffffffffffffffffff60405f2016145f808061146d565b50505050505f90565b60a0906020935f93604051927f7bb52d7a9fef58323eb1bf7a407db382d2f3f2d81bb1224f49fe518f6d48d37c84527f7bb52d7a9fef58323eb1bf7a407db382d2f3f2d81bb1224f49fe518f6d48d37c8785015260408401526060830152608082015260025afa156100d4577ffffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd03641415f510690565b919091801580156115dc575b80156115b2575b6115ab576020927ffffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141825f9482608095604051958203098452601b87850152816040850152820309606082015282805260015afa15610eda575f5190565b5050505f90565b507ffffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd036414183101561154e565b507ffffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141811015611547565b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f8110801590611681575b8015611675575b61166f577ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f60078183818181960909089180091490565b50505f90565b50600180831614611638565b507ffffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f821015611631565b8193926116c1926116bb926116ca565b90610715565b918211610e0857565b909291926001840180851192836106cc57828211610e0857850192833560f81c60fd81106117295760fd03610e08576106cc57611706906106be565b11610e08576001013560f01c9160fd8310610e0857600381018091116106cc5790565b935050935050919056fea164736f6c6343000825000a",
}

// OracleVerifier is an auto generated Go binding around an Ethereum contract.
type OracleVerifier struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *OracleVerifier) GetABI() abi.ABI {
	return c.abi
}

// NewOracleVerifier creates a new instance of OracleVerifier.
func NewOracleVerifier() *OracleVerifier {
	parsed, err := OracleVerifierMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &OracleVerifier{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *OracleVerifier) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackATTESTED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b80cceb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ATTESTED() view returns(uint8)
func (oracleVerifier *OracleVerifier) PackATTESTED() []byte {
	enc, err := oracleVerifier.abi.Pack("ATTESTED")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackATTESTED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b80cceb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ATTESTED() view returns(uint8)
func (oracleVerifier *OracleVerifier) TryPackATTESTED() ([]byte, error) {
	return oracleVerifier.abi.Pack("ATTESTED")
}

// UnpackATTESTED is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2b80cceb.
//
// Solidity: function ATTESTED() view returns(uint8)
func (oracleVerifier *OracleVerifier) UnpackATTESTED(data []byte) (uint8, error) {
	out, err := oracleVerifier.abi.Unpack("ATTESTED", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackEQUIVOCATED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x756d1a95.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function EQUIVOCATED() view returns(uint8)
func (oracleVerifier *OracleVerifier) PackEQUIVOCATED() []byte {
	enc, err := oracleVerifier.abi.Pack("EQUIVOCATED")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEQUIVOCATED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x756d1a95.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function EQUIVOCATED() view returns(uint8)
func (oracleVerifier *OracleVerifier) TryPackEQUIVOCATED() ([]byte, error) {
	return oracleVerifier.abi.Pack("EQUIVOCATED")
}

// UnpackEQUIVOCATED is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x756d1a95.
//
// Solidity: function EQUIVOCATED() view returns(uint8)
func (oracleVerifier *OracleVerifier) UnpackEQUIVOCATED(data []byte) (uint8, error) {
	out, err := oracleVerifier.abi.Unpack("EQUIVOCATED", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackREGISTERED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0b0ab776.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function REGISTERED() view returns(uint8)
func (oracleVerifier *OracleVerifier) PackREGISTERED() []byte {
	enc, err := oracleVerifier.abi.Pack("REGISTERED")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackREGISTERED is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0b0ab776.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function REGISTERED() view returns(uint8)
func (oracleVerifier *OracleVerifier) TryPackREGISTERED() ([]byte, error) {
	return oracleVerifier.abi.Pack("REGISTERED")
}

// UnpackREGISTERED is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0b0ab776.
//
// Solidity: function REGISTERED() view returns(uint8)
func (oracleVerifier *OracleVerifier) UnpackREGISTERED(data []byte) (uint8, error) {
	out, err := oracleVerifier.abi.Unpack("REGISTERED", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackUNKNOWN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c78932d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function UNKNOWN() view returns(uint8)
func (oracleVerifier *OracleVerifier) PackUNKNOWN() []byte {
	enc, err := oracleVerifier.abi.Pack("UNKNOWN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUNKNOWN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c78932d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function UNKNOWN() view returns(uint8)
func (oracleVerifier *OracleVerifier) TryPackUNKNOWN() ([]byte, error) {
	return oracleVerifier.abi.Pack("UNKNOWN")
}

// UnpackUNKNOWN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0c78932d.
//
// Solidity: function UNKNOWN() view returns(uint8)
func (oracleVerifier *OracleVerifier) UnpackUNKNOWN(data []byte) (uint8, error) {
	out, err := oracleVerifier.abi.Unpack("UNKNOWN", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackAgreed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x45bf015f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function agreed(bytes32[] keys, uint256 threshold) view returns(uint64)
func (oracleVerifier *OracleVerifier) PackAgreed(keys [][32]byte, threshold *big.Int) []byte {
	enc, err := oracleVerifier.abi.Pack("agreed", keys, threshold)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAgreed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x45bf015f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function agreed(bytes32[] keys, uint256 threshold) view returns(uint64)
func (oracleVerifier *OracleVerifier) TryPackAgreed(keys [][32]byte, threshold *big.Int) ([]byte, error) {
	return oracleVerifier.abi.Pack("agreed", keys, threshold)
}

// UnpackAgreed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x45bf015f.
//
// Solidity: function agreed(bytes32[] keys, uint256 threshold) view returns(uint64)
func (oracleVerifier *OracleVerifier) UnpackAgreed(data []byte) (uint64, error) {
	out, err := oracleVerifier.abi.Unpack("agreed", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackAttest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x14035560.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function attest(bytes32 key, uint64 value, uint256 sSum, uint256[] rx) returns()
func (oracleVerifier *OracleVerifier) PackAttest(key [32]byte, value uint64, sSum *big.Int, rx []*big.Int) []byte {
	enc, err := oracleVerifier.abi.Pack("attest", key, value, sSum, rx)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAttest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x14035560.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function attest(bytes32 key, uint64 value, uint256 sSum, uint256[] rx) returns()
func (oracleVerifier *OracleVerifier) TryPackAttest(key [32]byte, value uint64, sSum *big.Int, rx []*big.Int) ([]byte, error) {
	return oracleVerifier.abi.Pack("attest", key, value, sSum, rx)
}

// PackGet is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8eaa6ac0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function get(bytes32 key) view returns(uint8 state, uint64 value, uint16 digits, uint32 maturity)
func (oracleVerifier *OracleVerifier) PackGet(key [32]byte) []byte {
	enc, err := oracleVerifier.abi.Pack("get", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGet is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8eaa6ac0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function get(bytes32 key) view returns(uint8 state, uint64 value, uint16 digits, uint32 maturity)
func (oracleVerifier *OracleVerifier) TryPackGet(key [32]byte) ([]byte, error) {
	return oracleVerifier.abi.Pack("get", key)
}

// GetOutput serves as a container for the return parameters of contract
// method Get.
type GetOutput struct {
	State    uint8
	Value    uint64
	Digits   uint16
	Maturity uint32
}

// UnpackGet is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8eaa6ac0.
//
// Solidity: function get(bytes32 key) view returns(uint8 state, uint64 value, uint16 digits, uint32 maturity)
func (oracleVerifier *OracleVerifier) UnpackGet(data []byte) (GetOutput, error) {
	out, err := oracleVerifier.abi.Unpack("get", data)
	outstruct := new(GetOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.State = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.Value = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Digits = *abi.ConvertType(out[2], new(uint16)).(*uint16)
	outstruct.Maturity = *abi.ConvertType(out[3], new(uint32)).(*uint32)
	return *outstruct, nil
}

// PackOracleOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfd51860e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function oracleOf(bytes32 key) view returns(uint256 px)
func (oracleVerifier *OracleVerifier) PackOracleOf(key [32]byte) []byte {
	enc, err := oracleVerifier.abi.Pack("oracleOf", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOracleOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfd51860e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function oracleOf(bytes32 key) view returns(uint256 px)
func (oracleVerifier *OracleVerifier) TryPackOracleOf(key [32]byte) ([]byte, error) {
	return oracleVerifier.abi.Pack("oracleOf", key)
}

// UnpackOracleOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfd51860e.
//
// Solidity: function oracleOf(bytes32 key) view returns(uint256 px)
func (oracleVerifier *OracleVerifier) UnpackOracleOf(data []byte) (*big.Int, error) {
	out, err := oracleVerifier.abi.Unpack("oracleOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackProveEquivocation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9b94e316.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proveEquivocation(bytes32 key, uint64 value2, uint256 sSum2, uint256[] rx) returns()
func (oracleVerifier *OracleVerifier) PackProveEquivocation(key [32]byte, value2 uint64, sSum2 *big.Int, rx []*big.Int) []byte {
	enc, err := oracleVerifier.abi.Pack("proveEquivocation", key, value2, sSum2, rx)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProveEquivocation is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9b94e316.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proveEquivocation(bytes32 key, uint64 value2, uint256 sSum2, uint256[] rx) returns()
func (oracleVerifier *OracleVerifier) TryPackProveEquivocation(key [32]byte, value2 uint64, sSum2 *big.Int, rx []*big.Int) ([]byte, error) {
	return oracleVerifier.abi.Pack("proveEquivocation", key, value2, sSum2, rx)
}

// PackRegisterEvent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2422f5fd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registerEvent(uint256 px, bytes eventTlv, uint256[] ry, uint256[3] sig) returns(bytes32 key)
func (oracleVerifier *OracleVerifier) PackRegisterEvent(px *big.Int, eventTlv []byte, ry []*big.Int, sig [3]*big.Int) []byte {
	enc, err := oracleVerifier.abi.Pack("registerEvent", px, eventTlv, ry, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegisterEvent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2422f5fd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registerEvent(uint256 px, bytes eventTlv, uint256[] ry, uint256[3] sig) returns(bytes32 key)
func (oracleVerifier *OracleVerifier) TryPackRegisterEvent(px *big.Int, eventTlv []byte, ry []*big.Int, sig [3]*big.Int) ([]byte, error) {
	return oracleVerifier.abi.Pack("registerEvent", px, eventTlv, ry, sig)
}

// UnpackRegisterEvent is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2422f5fd.
//
// Solidity: function registerEvent(uint256 px, bytes eventTlv, uint256[] ry, uint256[3] sig) returns(bytes32 key)
func (oracleVerifier *OracleVerifier) UnpackRegisterEvent(data []byte) ([32]byte, error) {
	out, err := oracleVerifier.abi.Unpack("registerEvent", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// OracleVerifierAttested represents a Attested event raised by the OracleVerifier contract.
type OracleVerifierAttested struct {
	Key   [32]byte
	Value uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const OracleVerifierAttestedEventName = "Attested"

// ContractEventName returns the user-defined event name.
func (OracleVerifierAttested) ContractEventName() string {
	return OracleVerifierAttestedEventName
}

// UnpackAttestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Attested(bytes32 indexed key, uint64 value)
func (oracleVerifier *OracleVerifier) UnpackAttestedEvent(log *types.Log) (*OracleVerifierAttested, error) {
	event := "Attested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != oracleVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(OracleVerifierAttested)
	if len(log.Data) > 0 {
		if err := oracleVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range oracleVerifier.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// OracleVerifierEquivocated represents a Equivocated event raised by the OracleVerifier contract.
type OracleVerifierEquivocated struct {
	Key    [32]byte
	First  uint64
	Second uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const OracleVerifierEquivocatedEventName = "Equivocated"

// ContractEventName returns the user-defined event name.
func (OracleVerifierEquivocated) ContractEventName() string {
	return OracleVerifierEquivocatedEventName
}

// UnpackEquivocatedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Equivocated(bytes32 indexed key, uint64 first, uint64 second)
func (oracleVerifier *OracleVerifier) UnpackEquivocatedEvent(log *types.Log) (*OracleVerifierEquivocated, error) {
	event := "Equivocated"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != oracleVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(OracleVerifierEquivocated)
	if len(log.Data) > 0 {
		if err := oracleVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range oracleVerifier.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// OracleVerifierEventRegistered represents a EventRegistered event raised by the OracleVerifier contract.
type OracleVerifierEventRegistered struct {
	Key      [32]byte
	Px       *big.Int
	Digits   uint16
	Maturity uint32
	Raw      *types.Log // Blockchain specific contextual infos
}

const OracleVerifierEventRegisteredEventName = "EventRegistered"

// ContractEventName returns the user-defined event name.
func (OracleVerifierEventRegistered) ContractEventName() string {
	return OracleVerifierEventRegisteredEventName
}

// UnpackEventRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EventRegistered(bytes32 indexed key, uint256 indexed px, uint16 digits, uint32 maturity)
func (oracleVerifier *OracleVerifier) UnpackEventRegisteredEvent(log *types.Log) (*OracleVerifierEventRegistered, error) {
	event := "EventRegistered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != oracleVerifier.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(OracleVerifierEventRegistered)
	if len(log.Data) > 0 {
		if err := oracleVerifier.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range oracleVerifier.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (oracleVerifier *OracleVerifier) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["AlreadyAttested"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackAlreadyAttestedError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["BadAnnouncement"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackBadAnnouncementError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["BadAttestation"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackBadAttestationError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["BadNonceList"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackBadNonceListError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["UnknownEvent"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackUnknownEventError(raw[4:])
	}
	if bytes.Equal(raw[:4], oracleVerifier.abi.Errors["ValuesDiffer"].ID.Bytes()[:4]) {
		return oracleVerifier.UnpackValuesDifferError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// OracleVerifierAlreadyAttested represents a AlreadyAttested error raised by the OracleVerifier contract.
type OracleVerifierAlreadyAttested struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyAttested()
func OracleVerifierAlreadyAttestedErrorID() common.Hash {
	return common.HexToHash("0x35d90805a5fbe56fbda37791516ccf4edce05e235ef9c358af24fe6086d2e971")
}

// UnpackAlreadyAttestedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyAttested()
func (oracleVerifier *OracleVerifier) UnpackAlreadyAttestedError(raw []byte) (*OracleVerifierAlreadyAttested, error) {
	out := new(OracleVerifierAlreadyAttested)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "AlreadyAttested", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierBadAnnouncement represents a BadAnnouncement error raised by the OracleVerifier contract.
type OracleVerifierBadAnnouncement struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadAnnouncement()
func OracleVerifierBadAnnouncementErrorID() common.Hash {
	return common.HexToHash("0xfc3fb3e504409c76b7da57ff0b88ee6c9eaa4368053d8fdd14c2b7cf47a8fd60")
}

// UnpackBadAnnouncementError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadAnnouncement()
func (oracleVerifier *OracleVerifier) UnpackBadAnnouncementError(raw []byte) (*OracleVerifierBadAnnouncement, error) {
	out := new(OracleVerifierBadAnnouncement)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "BadAnnouncement", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierBadAttestation represents a BadAttestation error raised by the OracleVerifier contract.
type OracleVerifierBadAttestation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadAttestation()
func OracleVerifierBadAttestationErrorID() common.Hash {
	return common.HexToHash("0x342bd3849c25065f9e32b9fd68d161b5769ee4dd2c51b98de8e2dff891a36c49")
}

// UnpackBadAttestationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadAttestation()
func (oracleVerifier *OracleVerifier) UnpackBadAttestationError(raw []byte) (*OracleVerifierBadAttestation, error) {
	out := new(OracleVerifierBadAttestation)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "BadAttestation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierBadNonceList represents a BadNonceList error raised by the OracleVerifier contract.
type OracleVerifierBadNonceList struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadNonceList()
func OracleVerifierBadNonceListErrorID() common.Hash {
	return common.HexToHash("0x39e0ec97fb264f170ef2421252b570349a5fe45a3f5e4afd0fbab695446b9ea9")
}

// UnpackBadNonceListError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadNonceList()
func (oracleVerifier *OracleVerifier) UnpackBadNonceListError(raw []byte) (*OracleVerifierBadNonceList, error) {
	out := new(OracleVerifierBadNonceList)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "BadNonceList", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierOutOfRange represents a OutOfRange error raised by the OracleVerifier contract.
type OracleVerifierOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func OracleVerifierOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (oracleVerifier *OracleVerifier) UnpackOutOfRangeError(raw []byte) (*OracleVerifierOutOfRange, error) {
	out := new(OracleVerifierOutOfRange)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierUnknownEvent represents a UnknownEvent error raised by the OracleVerifier contract.
type OracleVerifierUnknownEvent struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownEvent()
func OracleVerifierUnknownEventErrorID() common.Hash {
	return common.HexToHash("0x37b0f438b3d4883ebf8233b6cac25725ec59b0a4d84b3c92dac334387e3d0fac")
}

// UnpackUnknownEventError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownEvent()
func (oracleVerifier *OracleVerifier) UnpackUnknownEventError(raw []byte) (*OracleVerifierUnknownEvent, error) {
	out := new(OracleVerifierUnknownEvent)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "UnknownEvent", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OracleVerifierValuesDiffer represents a ValuesDiffer error raised by the OracleVerifier contract.
type OracleVerifierValuesDiffer struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ValuesDiffer()
func OracleVerifierValuesDifferErrorID() common.Hash {
	return common.HexToHash("0x5ccc72db02c0dccc0ef6235b9010e48bb94cdb3a2d3e353d468d91b4b6c1e4b9")
}

// UnpackValuesDifferError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ValuesDiffer()
func (oracleVerifier *OracleVerifier) UnpackValuesDifferError(raw []byte) (*OracleVerifierValuesDiffer, error) {
	out := new(OracleVerifierValuesDiffer)
	if err := oracleVerifier.abi.UnpackIntoInterface(out, "ValuesDiffer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesBookMetaData contains all meta data concerning the SeriesBook contract.
var SeriesBookMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractOracleVerifier\",\"name\":\"oracle_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"bridge_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadSeries\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotOpen\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"name\":\"SeriesCreated\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"seriesId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"value\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"distance\",\"type\":\"uint64\"}],\"name\":\"SeriesPriced\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"backingRatio\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bridge\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"indexParams\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"firstDay\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"lastDay\",\"type\":\"uint32\"},{\"internalType\":\"bytes32[]\",\"name\":\"events\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"shape\",\"type\":\"uint8\"},{\"internalType\":\"bool\",\"name\":\"long_\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"lo\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"hi\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"quantBits\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"refundLocktime\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"minRefundPpm\",\"type\":\"uint32\"}],\"internalType\":\"structSeriesKey\",\"name\":\"k\",\"type\":\"tuple\"}],\"name\":\"createSeries\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"get\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint40\",\"name\":\"range\",\"type\":\"uint40\"},{\"internalType\":\"uint24\",\"name\":\"minRefundPpm\",\"type\":\"uint24\"},{\"internalType\":\"bool\",\"name\":\"long_\",\"type\":\"bool\"},{\"internalType\":\"uint40\",\"name\":\"refundLocktime\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"expiry\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"pricedAt\",\"type\":\"uint40\"},{\"internalType\":\"uint40\",\"name\":\"distance\",\"type\":\"uint40\"}],\"internalType\":\"structSeriesFacts\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"oracle\",\"outputs\":[{\"internalType\":\"contractOracleVerifier\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"payoutPerUnit\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"indexParams\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"firstDay\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"lastDay\",\"type\":\"uint32\"},{\"internalType\":\"bytes32[]\",\"name\":\"events\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"shape\",\"type\":\"uint8\"},{\"internalType\":\"bool\",\"name\":\"long_\",\"type\":\"bool\"},{\"internalType\":\"uint64\",\"name\":\"base\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"lo\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"hi\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"quantBits\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"refundLocktime\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"minRefundPpm\",\"type\":\"uint32\"}],\"internalType\":\"structSeriesKey\",\"name\":\"k\",\"type\":\"tuple\"}],\"name\":\"price\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"stateOf\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "1645098d1e2cea28f623f29c0990a7bec8",
	Bin: "0x60c0346100d857601f612fe338819003918201601f19168301916001600160401b038311848410176100dc5780849260409485528339810103126100d8578051906001600160a01b038216908183036100d85760200151906001600160a01b038216908183036100d857159081156100cf575b506100c05760805260a052604051612ef290816100f1823960805181818160bb015281816107ec01528181610ebd0152818161145401526115e6015260a05181818161033601526107070152f35b6301f30c8760e21b5f5260045ffd5b9050155f610072565b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c8063298c9cff1461090e57806334f487ff146108c05780634952791d1461077257806364482ac41461072b5780637dc0d1d0146106bd5780638459c3481461022b5780638eaa6ac0146100e35763e78cea9214610071575f80fd5b346100df575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b5f80fd5b346100df5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df575f60e060405161012181610ba8565b8281528260208201528260408201528260608201528260808201528260a08201528260c082015201526004355f525f60205261010060405f2064ffffffffff62ffffff816040519361017285610ba8565b818154958173ffffffffffffffffffffffffffffffffffffffff8816978883526020830190828160a01c16825260016040850196898360c81c16885260ff606087019360e01c16151583520154978896846080870194818a1686528160e060a08a0199828d60281c168b528260c082019d60501c168d52019c60781c168c526040519d8e52511660208d0152511660408b015251151560608a015251166080880152511660a0860152511660c0840152511660e0820152f35b346100df576102393661094a565b604051602081019061027b8161024f8585610a2b565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610bf2565b51902090815f525f60205260405f2073ffffffffffffffffffffffffffffffffffffffff815416156105f25760010164ffffffffff815460501c166106955761031660206102cc6060850185611682565b6102d860808701610c59565b60ff60405195869485947f45bf015f0000000000000000000000000000000000000000000000000000000086526040600487015260448601916109cb565b91166024830152038173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561068a575f90610649575b67ffffffffffffffff915016918260ff6103826101408401610c59565b1660108111801561061a575b6105f25780610545575b50916104de67ffffffffffffffff808460409660e07f8ae02bfa0760f88b3c107b31f947412469b3b71a80edafbdb7c9de11a64a92e299970190836103dc83610c44565b1681111561053c57836103f16103f893610c44565b1690611713565b905b6101008101918361040a84610c44565b1681101561050a57508261041d83610c44565b16905b60ff61042e60a08301610c59565b166104eb5750826103f161044193610c44565b165b16916104966104518461172d565b82547fffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffffff1660789190911b73ffffffffff00000000000000000000000000000016178255565b61049f4261172d565b7fffffffffffffffffffffffffffffffffff0000000000ffffffffffffffffffff6effffffffff0000000000000000000083549260501b169116179055565b82519182526020820152a2005b61050492506104fe610120859201610c44565b16611713565b16610443565b6101208201908461051a83610c44565b16811115610535575061052d8491610c44565b165b90610420565b905061052f565b50505f906103fa565b939192907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8501908582116105c55767ffffffffffffffff6040956105b882937f8ae02bfa0760f88b3c107b31f947412469b3b71a80edafbdb7c9de11a64a92e29960016104de971b91811c901b611720565b9496509496505050610398565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b7fb45e12a8000000000000000000000000000000000000000000000000000000005f5260045ffd5b506106286101208401610c44565b67ffffffffffffffff8061063f6101008701610c44565b169116111561038e565b506020813d602011610682575b8161066360209383610bf2565b810103126100df5761067d67ffffffffffffffff91611373565b610365565b3d9150610656565b6040513d5f823e3d90fd5b7fddafad98000000000000000000000000000000000000000000000000000000005f5260045ffd5b346100df575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100df5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df576020610767600435611591565b60ff60405191168152f35b346100df5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df576040517fa7594b15000000000000000000000000000000000000000000000000000000008152600435600482015260808160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561068a575f915f91610880575b5067ffffffffffffffff1690816108445750506020670de0b6b3a76400005b604051908152f35b67ffffffffffffffff16670de0b6b3a7640000810290808204670de0b6b3a764000014901517156105c55760209161087b916113c8565b61083c565b67ffffffffffffffff92506108ad915060803d6080116108b9575b6108a58183610bf2565b810190611388565b9392509050919061081d565b503d61089b565b346100df5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126100df5760206108fc6004356113ff565b67ffffffffffffffff60405191168152f35b346100df57604073ffffffffffffffffffffffffffffffffffffffff61093b6109363661094a565b610c74565b83519182529091166020820152f35b60207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8201126100df576004359067ffffffffffffffff82116100df577ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc826101a0920301126100df5760040190565b359063ffffffff821682036100df57565b90918281527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83116100df5760209260051b809284830137010190565b359060ff821682036100df57565b359067ffffffffffffffff821682036100df57565b602081528135602082015263ffffffff610a47602084016109ba565b16604082015263ffffffff610a5e604084016109ba565b16606082015260608201357fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1833603018112156100df57820160208135910167ffffffffffffffff82116100df578160051b360381136100df57610acf916101a060808501526101c08401916109cb565b9160ff610ade60808301610a08565b1660a083015260ff610af260a08301610a08565b1660c083015260c08101358015158091036100df57610ba16101806101a09363ffffffff9360e087015267ffffffffffffffff610b3160e08301610a16565b1661010087015267ffffffffffffffff610b4e6101008301610a16565b1661012087015267ffffffffffffffff610b6b6101208301610a16565b1661014087015260ff610b816101408301610a08565b1661016087015283610b9661016083016109ba565b1682870152016109ba565b1691015290565b610100810190811067ffffffffffffffff821117610bc557604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117610bc557604052565b3563ffffffff811681036100df5790565b3567ffffffffffffffff811681036100df5790565b3560ff811681036100df5790565b3580151581036100df5790565b6040516020810190610c8a8161024f8585610a2b565b51902091825f525f60205273ffffffffffffffffffffffffffffffffffffffff60405f2054168061136f575060608201610cc48184611682565b80929150158015611365575b801561134f575b8015611338575b6105f25760015b8281106112d65750505060a08201600160ff610d0083610c59565b161180156112a7575b801561128e575b6105f25763ffffffff610d4f67ffffffffffffffff610d3160e08701610c44565b1667ffffffffffffffff610d486101208801610c44565b1690611720565b116105f2576040830190610d6282610c33565b602085019063ffffffff80610d7684610c33565b169116108015611270575b6105f257610d926101608601610c33565b610d9b8661176b565b906212750082018092116105c55763ffffffff16106105f257610dc0610dc691610c33565b92610c33565b90610dd46101008601610c44565b91600160ff610def610de96101208a01610c44565b94610c59565b161490610dfe60c08801610c67565b9260405160e0810181811067ffffffffffffffff821117610bc55760405289815263ffffffff602082019716875263ffffffff604082019316835267ffffffffffffffff606082019616865267ffffffffffffffff608082019216825260a0810193845260c081019415158552604051958661172781011067ffffffffffffffff61172789011117610bc55763ffffffff67ffffffffffffffff94818d9a87956117276117bf8d3973ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000166117278d01525160206117278d010152511660406117278b01015251166060611727890101525116608061172787010152511660a06117278501015251151560c06117278401015251151560e0611727830101526101008161172781010301905ff5801561068a5773ffffffffffffffffffffffffffffffffffffffff1691610f696101208201610c44565b67ffffffffffffffff80610f806101008501610c44565b1691160367ffffffffffffffff81116105c557816112088164ffffffffff886111c3828a8399826001610fdd67ffffffffffffffff7f5f3c344c72a4163191ebeb6318c08aeb6387f81ae44a619187e16326bb5b48d69d1661172d565b9362ffffff610fef6101808601610c33565b169461101b61101661101061016061100960c08a01610c67565b9801610c33565b9c61176b565b61172d565b946040519261102984610ba8565b83528460208401921682526040830196875260608301901515815263ffffffff608084019c168c528460a084019616865260c08301965f885260e084019a5f8c525f525f6020527fffffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffff73ffffffffffffffffffffffffffffffffffffffff60405f209551167fffffffff000000000000000000000000000000000000000000000000000000007cff000000000000000000000000000000000000000000000000000000007bffffff0000000000000000000000000000000000000000000000000078ffffffffff00000000000000000000000000000000000000008954985160a01b16955160c81b169551151560e01b16951617161717178155019751167fffffffffffffffffffffffffffffffffffffffffffff0000000000000000000069ffffffffff00000000008954935160281b16921617178655511684907fffffffffffffffffffffffffffffffffff0000000000ffffffffffffffffffff6effffffffff0000000000000000000083549260501b169116179055565b5182547fffffffffffffffffffffffff0000000000ffffffffffffffffffffffffffffff16911660781b73ffffffffff00000000000000000000000000000016179055565b606060405161121f8161024f602082019586610a2b565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f6040519485938a8552604060208601525180918160408701528686015e5f85828601015201168101030190a2565b50620f424063ffffffff6112876101808801610c33565b1611610d81565b50601060ff6112a06101408601610c59565b1611610d10565b506112b56101208401610c44565b67ffffffffffffffff806112cc6101008701610c44565b1691161115610d09565b6112ea816112e48488611682565b906116d6565b356112f58387611682565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8401908482116105c557611329926116d6565b3510156105f257600101610ce5565b508160ff61134860808701610c59565b1611610cde565b5060ff61135e60808601610c59565b1615610cd7565b5060078211610cd0565b9150565b519067ffffffffffffffff821682036100df57565b91908260809103126100df57815180151581036100df57916113ac60208201611373565b916113c560606113be60408501611373565b9301611373565b90565b81156113d2570490565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b805f525f60205260405f2090604051907fa7594b15000000000000000000000000000000000000000000000000000000008252600482015260808160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa90811561068a575f5f915f9361156d575b5061152657505060018101549064ffffffffff8260501c16156115205764ffffffffff90549160ff8360e01c165f146114f85760781c81165b16906305f5e1008202918083046305f5e10014901517156105c5576113c59164ffffffffff6114f39260a01c16906113c8565b6117a2565b60781c1664ffffffffff8260a01c160364ffffffffff81116105c55764ffffffffff906114c0565b50505f90565b67ffffffffffffffff1691508161153d5750505f90565b67ffffffffffffffff166305f5e1008102908082046305f5e10014901517156105c5576113c5916114f3916113c8565b915050611589915060803d6080116108b9576108a58183610bf2565b50915f611487565b805f525f60205260405f2090604051907fa7594b15000000000000000000000000000000000000000000000000000000008252600482015260808160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa90811561068a575f91611660575b5061165a57600181015460501c64ffffffffff16156116355750600290565b5473ffffffffffffffffffffffffffffffffffffffff161561165657600190565b5f90565b50600390565b611679915060803d6080116108b9576108a58183610bf2565b5050505f611616565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe1813603018212156100df570180359067ffffffffffffffff82116100df57602001918160051b360383136100df57565b91908110156116e65760051b0190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b919082039182116105c557565b919082018092116105c557565b64ffffffffff81116117435764ffffffffff1690565b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffd5b61177c604063ffffffff9201610c33565b16600181018091116105c557620151808102908082046201518014901517156105c55790565b67ffffffffffffffff81116117435767ffffffffffffffff169056fe6101a0604052346102165760405161172738819003601f8101601f191683016001600160401b0381118482101761020257839282916040528339810103906101008212610216578051916001600160a01b03831683036102165760e090601f1901126102165760405160e081016001600160401b0381118282101761020257604052602082015181526100946040830161021a565b6020820190815263ffffffff6100ac6060850161021a565b60408401908152816100c06080870161022b565b93606086019485526100d460a0880161022b565b95608081019687526100fb60e06100ed60c08b0161023f565b9960a084019a8b520161023f565b60c082810191825260809a909a523360a0529051909852511660e052511661010052516001600160401b03908116610120529051166101405251151561016052511515610180526040516114da908161024d823960805181818161012f015281816107940152610c79015260a051818181610466015281816105570152818161064a0152610fab015260c0518181816104250152818161051601528181610609015281816108970152610dcc015260e051816111c001526101005181818161017001528181610a2601526111f4015261012051816112aa015261014051816112e301526101605181818161095c01526110f00152610180518181816109bc01526110910152f35b634e487b7160e01b5f52604160045260245ffd5b5f80fd5b519063ffffffff8216820361021657565b51906001600160401b038216820361021657565b519081151582036102165756fe6080806040526004361015610012575f80fd5b5f3560e01c90816305a8da7214610f815750806306fdde0314610f66578063095ea7b314610efb57806318160ddd14610ed657806323b872dd14610def5780632d20a00914610db5578063313ce56714610d9a5780633644e51514610d1257806340c10f1914610c4557806370a0823114610c135780637ecebe0014610be157806395d89b411461085b5780639dc29fac14610761578063a9059cbb146106d2578063b52d6c49146105d1578063c19d93fb146104de578063c7c463fc146103ed578063d505accf14610238578063dd62ed3e146101fa578063e184c9be146101575763e78cea9214610103575f80fd5b34610153575f60031936011261015357602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b5f80fd5b34610153575f60031936011261015357600163ffffffff7f0000000000000000000000000000000000000000000000000000000000000000160167ffffffffffffffff81116101cd5767ffffffffffffffff6201518091160267ffffffffffffffff81169081036101cd57602090604051908152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b3461015357604060031936011261015357610213610ff9565b61021b61101c565b602052637f5e9f20600c525f5260206034600c2054604051908152f35b346101535760e060031936011261015357610251610ff9565b61025961101c565b6084359160643560443560ff851685036101535761027561108f565b60208151910120908242116103e05773ffffffffffffffffffffffffffffffffffffffff80604051951695169565383775081901600e52855f5260c06020600c20958654957f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8252602082019586528660408301967fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc688528b6060850198468a528c608087019330855260a08820602e527f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9885252528688525260a082015220604e526042602c205f5260ff1660205260a43560405260c43560605260208060805f60015afa93853d51036103d3577f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b9259460209401905585777f5e9f200000000000000000000000000000000000000000176040526034602c2055a3005b63ddafbaef5f526004601cfd5b631a15a3cc5f526004601cfd5b34610153575f600319360112610153576040517f4952791d0000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f906104a0575b602090604051908152f35b506020813d6020116104cb575b816104ba6020938361103f565b810103126101535760209051610495565b3d91506104ad565b6040513d5f823e3d90fd5b34610153575f600319360112610153576040517f64482ac40000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f90610594575b60209060ff60405191168152f35b506020813d6020116105c9575b816105ae6020938361103f565b81010312610153575160ff8116810361015357602090610586565b3d91506105a1565b34610153575f600319360112610153576040517f34f487ff0000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f9061068e575b60209067ffffffffffffffff60405191168152f35b506020813d6020116106ca575b816106a86020938361103f565b81010312610153575167ffffffffffffffff8116810361015357602090610679565b3d915061069b565b34610153576040600319360112610153576106eb610ff9565b602435906387a211a2600c52335f526020600c2080548084116107545783900390555f526020600c20818154019055602052600c5160601c337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3602060405160018152f35b63f4d678b85f526004601cfd5b346101535760406003193601126101535761077a610ff9565b60243573ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303610833576387a211a2600c52815f526020600c2091825491828111610754575f938173ffffffffffffffffffffffffffffffffffffffff94039055806805345cdf77eb68f44c54036805345cdf77eb68f44c558352167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602083a3005b7f7fea9dc5000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610153575f60031936011261015357604051608081019060a081016040525f82526f30313233343536373839616263646566600f52604081017f00000000000000000000000000000000000000000000000000000000000000005b600f8116517ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe8501947fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0153600f8160041c1651845360081c8184036108b7579050610bd4578160809103019081601f198201526006905f6060936006811115610bcc575b8015610bc4575b50828110610b6e575b5050506020610ae46001610af0937f00000000000000000000000000000000000000000000000000000000000000005f14610b31578360405161099060408261103f565b8381527f500000000000000000000000000000000000000000000000000000000000000082820152915b7f000000000000000000000000000000000000000000000000000000000000000015610af457816040516109ef60408261103f565b600281527f4c2d000000000000000000000000000000000000000000000000000000000000828201525b602382610a4b63ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b926040519a8b987f414c4b0000000000000000000000000000000000000000000000000000000000828b0152805191829101858b015e8801908382015f8152815193849201905e0101905f8252805192839101825e01907f2d0000000000000000000000000000000000000000000000000000000000000082528051928391018583015e015f838201520301601f19810183528261103f565b60405191829182610fcf565b0390f35b81604051610b0360408261103f565b600281527f532d00000000000000000000000000000000000000000000000000000000000082820152610a19565b83604051610b4060408261103f565b8381527f430000000000000000000000000000000000000000000000000000000000000082820152916109ba565b6040519350918290039101601f19601f830181165b8181840101518186015201908115610b9f5790601f1990610b83565b5050610ae46001610af09360209360408183015f87820152016040528152935061094c565b905084610943565b92508261093c565b632194895a5f526004601cfd5b3461015357602060031936011261015357610bfa610ff9565b6338377508600c525f52602080600c2054604051908152f35b3461015357602060031936011261015357610c2c610ff9565b6387a211a2600c525f52602080600c2054604051908152f35b3461015357604060031936011261015357610c5e610ff9565b6024359073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303610833576805345cdf77eb68f44c54828101908110610d05576805345cdf77eb68f44c556387a211a2600c525f526020600c20818154019055602052600c5160601c5f7fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3005b63e5cfe9575f526004601cfd5b34610153575f60031936011261015357602060a0610d2e61108f565b828151910120604051907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8252838201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc6604082015246606082015230608082015220604051908152f35b34610153575f60031936011261015357602060405160088152f35b34610153575f6003193601126101535760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b3461015357606060031936011261015357610e08610ff9565b610e1061101c565b604435908260601b33602052637f5e9f208117600c526034600c20908154918219610eb2575b506387a211a2915017600c526020600c2080548084116107545783900390555f526020600c2081815401905560205273ffffffffffffffffffffffffffffffffffffffff600c5160601c91167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3602060405160018152f35b828511610ec957846387a211a29303905585610e36565b6313be252b5f526004601cfd5b34610153575f6003193601126101535760206805345cdf77eb68f44c54604051908152f35b3461015357604060031936011261015357610f14610ff9565b60243590602052637f5e9f20600c52335f52806034600c20555f52602c5160601c337f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92560205fa3602060405160018152f35b34610153575f60031936011261015357610af0610ae461108f565b34610153575f6003193601126101535760209073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b601f19601f602060409481855280519182918282880152018686015e5f8582860101520116010190565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361015357565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361015357565b90601f601f19910116810190811067ffffffffffffffff82111761106257604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b7f00000000000000000000000000000000000000000000000000000000000000001561140b576040516110c360408261103f565b600581527f6c6f6e672000000000000000000000000000000000000000000000000000000060208201525b7f0000000000000000000000000000000000000000000000000000000000000000156113c7576113c460206111b260405161112a60408261103f565b600981527f7075742d6c696b65200000000000000000000000000000000000000000000000838201525b602960405193849281808501987f416c6b696d6979612000000000000000000000000000000000000000000000008a528051918291018587015e8401908382015f8152815193849201905e01015f815203601f19810183528261103f565b602080806111e563ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b61129c600161121963ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b602560405197889281808501977f646179732000000000000000000000000000000000000000000000000000000089528051918291018587015e8401907f2d0000000000000000000000000000000000000000000000000000000000000084830152805192839101602683015e01015f838201520301601f19810186528561103f565b6112cf67ffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b9361138b600161130867ffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b6025604051978892818085019b7f2073756d200000000000000000000000000000000000000000000000000000008d528051918291018587015e8401907f2d0000000000000000000000000000000000000000000000000000000000000084830152805192839101602683015e01015f838201520301601f19810186528561103f565b6040519788965180918589015e860190838201905f8252519283915e0101905f8252518092825e015f815203601f19810183528261103f565b90565b6113c460206111b26040516113dd60408261103f565b600a81527f63616c6c2d6c696b65200000000000000000000000000000000000000000000083820152611154565b60405161141960408261103f565b600681527f73686f727420000000000000000000000000000000000000000000000000000060208201526110ee565b90604051600a7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff608083019460a084016040525f8652945b01938181066030018553049283156114bb577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff600a91611480565b9250608083601f19920301920191825256fea164736f6c6343000825000aa164736f6c6343000825000a",
}

// SeriesBook is an auto generated Go binding around an Ethereum contract.
type SeriesBook struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *SeriesBook) GetABI() abi.ABI {
	return c.abi
}

// NewSeriesBook creates a new instance of SeriesBook.
func NewSeriesBook() *SeriesBook {
	parsed, err := SeriesBookMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &SeriesBook{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *SeriesBook) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address oracle_, address bridge_) returns()
func (seriesBook *SeriesBook) PackConstructor(oracle_ common.Address, bridge_ common.Address) []byte {
	enc, err := seriesBook.abi.Pack("", oracle_, bridge_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackBackingRatio is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4952791d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function backingRatio(bytes32 id) view returns(uint256)
func (seriesBook *SeriesBook) PackBackingRatio(id [32]byte) []byte {
	enc, err := seriesBook.abi.Pack("backingRatio", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBackingRatio is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4952791d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function backingRatio(bytes32 id) view returns(uint256)
func (seriesBook *SeriesBook) TryPackBackingRatio(id [32]byte) ([]byte, error) {
	return seriesBook.abi.Pack("backingRatio", id)
}

// UnpackBackingRatio is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4952791d.
//
// Solidity: function backingRatio(bytes32 id) view returns(uint256)
func (seriesBook *SeriesBook) UnpackBackingRatio(data []byte) (*big.Int, error) {
	out, err := seriesBook.abi.Unpack("backingRatio", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bridge() view returns(address)
func (seriesBook *SeriesBook) PackBridge() []byte {
	enc, err := seriesBook.abi.Pack("bridge")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bridge() view returns(address)
func (seriesBook *SeriesBook) TryPackBridge() ([]byte, error) {
	return seriesBook.abi.Pack("bridge")
}

// UnpackBridge is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe78cea92.
//
// Solidity: function bridge() view returns(address)
func (seriesBook *SeriesBook) UnpackBridge(data []byte) (common.Address, error) {
	out, err := seriesBook.abi.Unpack("bridge", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackCreateSeries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x298c9cff.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function createSeries((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k) returns(bytes32 id, address token)
func (seriesBook *SeriesBook) PackCreateSeries(k SeriesKey) []byte {
	enc, err := seriesBook.abi.Pack("createSeries", k)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCreateSeries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x298c9cff.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function createSeries((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k) returns(bytes32 id, address token)
func (seriesBook *SeriesBook) TryPackCreateSeries(k SeriesKey) ([]byte, error) {
	return seriesBook.abi.Pack("createSeries", k)
}

// CreateSeriesOutput serves as a container for the return parameters of contract
// method CreateSeries.
type CreateSeriesOutput struct {
	Id    [32]byte
	Token common.Address
}

// UnpackCreateSeries is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x298c9cff.
//
// Solidity: function createSeries((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k) returns(bytes32 id, address token)
func (seriesBook *SeriesBook) UnpackCreateSeries(data []byte) (CreateSeriesOutput, error) {
	out, err := seriesBook.abi.Unpack("createSeries", data)
	outstruct := new(CreateSeriesOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Id = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.Token = *abi.ConvertType(out[1], new(common.Address)).(*common.Address)
	return *outstruct, nil
}

// PackGet is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8eaa6ac0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function get(bytes32 id) view returns((address,uint40,uint24,bool,uint40,uint40,uint40,uint40))
func (seriesBook *SeriesBook) PackGet(id [32]byte) []byte {
	enc, err := seriesBook.abi.Pack("get", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGet is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8eaa6ac0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function get(bytes32 id) view returns((address,uint40,uint24,bool,uint40,uint40,uint40,uint40))
func (seriesBook *SeriesBook) TryPackGet(id [32]byte) ([]byte, error) {
	return seriesBook.abi.Pack("get", id)
}

// UnpackGet is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8eaa6ac0.
//
// Solidity: function get(bytes32 id) view returns((address,uint40,uint24,bool,uint40,uint40,uint40,uint40))
func (seriesBook *SeriesBook) UnpackGet(data []byte) (SeriesFacts, error) {
	out, err := seriesBook.abi.Unpack("get", data)
	if err != nil {
		return *new(SeriesFacts), err
	}
	out0 := *abi.ConvertType(out[0], new(SeriesFacts)).(*SeriesFacts)
	return out0, nil
}

// PackOracle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7dc0d1d0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function oracle() view returns(address)
func (seriesBook *SeriesBook) PackOracle() []byte {
	enc, err := seriesBook.abi.Pack("oracle")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOracle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7dc0d1d0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function oracle() view returns(address)
func (seriesBook *SeriesBook) TryPackOracle() ([]byte, error) {
	return seriesBook.abi.Pack("oracle")
}

// UnpackOracle is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7dc0d1d0.
//
// Solidity: function oracle() view returns(address)
func (seriesBook *SeriesBook) UnpackOracle(data []byte) (common.Address, error) {
	out, err := seriesBook.abi.Unpack("oracle", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPayoutPerUnit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x34f487ff.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function payoutPerUnit(bytes32 id) view returns(uint64)
func (seriesBook *SeriesBook) PackPayoutPerUnit(id [32]byte) []byte {
	enc, err := seriesBook.abi.Pack("payoutPerUnit", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPayoutPerUnit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x34f487ff.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function payoutPerUnit(bytes32 id) view returns(uint64)
func (seriesBook *SeriesBook) TryPackPayoutPerUnit(id [32]byte) ([]byte, error) {
	return seriesBook.abi.Pack("payoutPerUnit", id)
}

// UnpackPayoutPerUnit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x34f487ff.
//
// Solidity: function payoutPerUnit(bytes32 id) view returns(uint64)
func (seriesBook *SeriesBook) UnpackPayoutPerUnit(data []byte) (uint64, error) {
	out, err := seriesBook.abi.Unpack("payoutPerUnit", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPrice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8459c348.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function price((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k) returns()
func (seriesBook *SeriesBook) PackPrice(k SeriesKey) []byte {
	enc, err := seriesBook.abi.Pack("price", k)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPrice is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8459c348.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function price((bytes32,uint32,uint32,bytes32[],uint8,uint8,bool,uint64,uint64,uint64,uint8,uint32,uint32) k) returns()
func (seriesBook *SeriesBook) TryPackPrice(k SeriesKey) ([]byte, error) {
	return seriesBook.abi.Pack("price", k)
}

// PackStateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64482ac4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function stateOf(bytes32 id) view returns(uint8)
func (seriesBook *SeriesBook) PackStateOf(id [32]byte) []byte {
	enc, err := seriesBook.abi.Pack("stateOf", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64482ac4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function stateOf(bytes32 id) view returns(uint8)
func (seriesBook *SeriesBook) TryPackStateOf(id [32]byte) ([]byte, error) {
	return seriesBook.abi.Pack("stateOf", id)
}

// UnpackStateOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x64482ac4.
//
// Solidity: function stateOf(bytes32 id) view returns(uint8)
func (seriesBook *SeriesBook) UnpackStateOf(data []byte) (uint8, error) {
	out, err := seriesBook.abi.Unpack("stateOf", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// SeriesBookSeriesCreated represents a SeriesCreated event raised by the SeriesBook contract.
type SeriesBookSeriesCreated struct {
	SeriesId [32]byte
	Token    common.Address
	Key      []byte
	Raw      *types.Log // Blockchain specific contextual infos
}

const SeriesBookSeriesCreatedEventName = "SeriesCreated"

// ContractEventName returns the user-defined event name.
func (SeriesBookSeriesCreated) ContractEventName() string {
	return SeriesBookSeriesCreatedEventName
}

// UnpackSeriesCreatedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SeriesCreated(bytes32 indexed seriesId, address token, bytes key)
func (seriesBook *SeriesBook) UnpackSeriesCreatedEvent(log *types.Log) (*SeriesBookSeriesCreated, error) {
	event := "SeriesCreated"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != seriesBook.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(SeriesBookSeriesCreated)
	if len(log.Data) > 0 {
		if err := seriesBook.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range seriesBook.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// SeriesBookSeriesPriced represents a SeriesPriced event raised by the SeriesBook contract.
type SeriesBookSeriesPriced struct {
	SeriesId [32]byte
	Value    uint64
	Distance uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const SeriesBookSeriesPricedEventName = "SeriesPriced"

// ContractEventName returns the user-defined event name.
func (SeriesBookSeriesPriced) ContractEventName() string {
	return SeriesBookSeriesPricedEventName
}

// UnpackSeriesPricedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event SeriesPriced(bytes32 indexed seriesId, uint64 value, uint64 distance)
func (seriesBook *SeriesBook) UnpackSeriesPricedEvent(log *types.Log) (*SeriesBookSeriesPriced, error) {
	event := "SeriesPriced"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != seriesBook.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(SeriesBookSeriesPriced)
	if len(log.Data) > 0 {
		if err := seriesBook.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range seriesBook.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (seriesBook *SeriesBook) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], seriesBook.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return seriesBook.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesBook.abi.Errors["BadSeries"].ID.Bytes()[:4]) {
		return seriesBook.UnpackBadSeriesError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesBook.abi.Errors["NotOpen"].ID.Bytes()[:4]) {
		return seriesBook.UnpackNotOpenError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesBook.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return seriesBook.UnpackOutOfRangeError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// SeriesBookBadConfig represents a BadConfig error raised by the SeriesBook contract.
type SeriesBookBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func SeriesBookBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (seriesBook *SeriesBook) UnpackBadConfigError(raw []byte) (*SeriesBookBadConfig, error) {
	out := new(SeriesBookBadConfig)
	if err := seriesBook.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesBookBadSeries represents a BadSeries error raised by the SeriesBook contract.
type SeriesBookBadSeries struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSeries()
func SeriesBookBadSeriesErrorID() common.Hash {
	return common.HexToHash("0xb45e12a875224f759ca9df6f5fd037150933df958bff190104c5933adb46f0b3")
}

// UnpackBadSeriesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSeries()
func (seriesBook *SeriesBook) UnpackBadSeriesError(raw []byte) (*SeriesBookBadSeries, error) {
	out := new(SeriesBookBadSeries)
	if err := seriesBook.abi.UnpackIntoInterface(out, "BadSeries", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesBookNotOpen represents a NotOpen error raised by the SeriesBook contract.
type SeriesBookNotOpen struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOpen()
func SeriesBookNotOpenErrorID() common.Hash {
	return common.HexToHash("0xddafad98957e3330f4cfa14cb453d4f55c78b759d3c470492e4866db3bf3857e")
}

// UnpackNotOpenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOpen()
func (seriesBook *SeriesBook) UnpackNotOpenError(raw []byte) (*SeriesBookNotOpen, error) {
	out := new(SeriesBookNotOpen)
	if err := seriesBook.abi.UnpackIntoInterface(out, "NotOpen", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesBookOutOfRange represents a OutOfRange error raised by the SeriesBook contract.
type SeriesBookOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func SeriesBookOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (seriesBook *SeriesBook) UnpackOutOfRangeError(raw []byte) (*SeriesBookOutOfRange, error) {
	out := new(SeriesBookOutOfRange)
	if err := seriesBook.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenMetaData contains all meta data concerning the SeriesToken contract.
var SeriesTokenMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"bridge_\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"firstDay\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"lastDay\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"lo\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"hi\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"put\",\"type\":\"bool\"},{\"internalType\":\"bool\",\"name\":\"long_\",\"type\":\"bool\"}],\"internalType\":\"structSeriesInfo\",\"name\":\"info\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AllowanceOverflow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"AllowanceUnderflow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InsufficientAllowance\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InsufficientBalance\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidPermit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotBridge\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Permit2AllowanceIsFixedAtInfinity\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PermitExpired\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TotalSupplyOverflow\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Approval\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Transfer\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"DOMAIN_SEPARATOR\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"result\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"}],\"name\":\"allowance\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"result\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"approve\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"backingRatio\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"balanceOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"result\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"book\",\"outputs\":[{\"internalType\":\"contractISeriesSource\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bridge\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"burn\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"decimals\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"expiry\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"mint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"name\",\"outputs\":[{\"internalType\":\"string\",\"name\":\"\",\"type\":\"string\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"nonces\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"result\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"payoutPerUnit\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"spender\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint8\",\"name\":\"v\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"permit\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"seriesKey\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"state\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"symbol\",\"outputs\":[{\"internalType\":\"string\",\"name\":\"\",\"type\":\"string\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"totalSupply\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"result\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"transfer\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"transferFrom\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "8ab1ac8316c5ce24843e8e8913c703fc4b",
	Bin: "0x6101a0604052346102165760405161172738819003601f8101601f191683016001600160401b0381118482101761020257839282916040528339810103906101008212610216578051916001600160a01b03831683036102165760e090601f1901126102165760405160e081016001600160401b0381118282101761020257604052602082015181526100946040830161021a565b6020820190815263ffffffff6100ac6060850161021a565b60408401908152816100c06080870161022b565b93606086019485526100d460a0880161022b565b95608081019687526100fb60e06100ed60c08b0161023f565b9960a084019a8b520161023f565b60c082810191825260809a909a523360a0529051909852511660e052511661010052516001600160401b03908116610120529051166101405251151561016052511515610180526040516114da908161024d823960805181818161012f015281816107940152610c79015260a051818181610466015281816105570152818161064a0152610fab015260c0518181816104250152818161051601528181610609015281816108970152610dcc015260e051816111c001526101005181818161017001528181610a2601526111f4015261012051816112aa015261014051816112e301526101605181818161095c01526110f00152610180518181816109bc01526110910152f35b634e487b7160e01b5f52604160045260245ffd5b5f80fd5b519063ffffffff8216820361021657565b51906001600160401b038216820361021657565b519081151582036102165756fe6080806040526004361015610012575f80fd5b5f3560e01c90816305a8da7214610f815750806306fdde0314610f66578063095ea7b314610efb57806318160ddd14610ed657806323b872dd14610def5780632d20a00914610db5578063313ce56714610d9a5780633644e51514610d1257806340c10f1914610c4557806370a0823114610c135780637ecebe0014610be157806395d89b411461085b5780639dc29fac14610761578063a9059cbb146106d2578063b52d6c49146105d1578063c19d93fb146104de578063c7c463fc146103ed578063d505accf14610238578063dd62ed3e146101fa578063e184c9be146101575763e78cea9214610103575f80fd5b34610153575f60031936011261015357602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b5f80fd5b34610153575f60031936011261015357600163ffffffff7f0000000000000000000000000000000000000000000000000000000000000000160167ffffffffffffffff81116101cd5767ffffffffffffffff6201518091160267ffffffffffffffff81169081036101cd57602090604051908152f35b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b3461015357604060031936011261015357610213610ff9565b61021b61101c565b602052637f5e9f20600c525f5260206034600c2054604051908152f35b346101535760e060031936011261015357610251610ff9565b61025961101c565b6084359160643560443560ff851685036101535761027561108f565b60208151910120908242116103e05773ffffffffffffffffffffffffffffffffffffffff80604051951695169565383775081901600e52855f5260c06020600c20958654957f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8252602082019586528660408301967fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc688528b6060850198468a528c608087019330855260a08820602e527f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9885252528688525260a082015220604e526042602c205f5260ff1660205260a43560405260c43560605260208060805f60015afa93853d51036103d3577f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b9259460209401905585777f5e9f200000000000000000000000000000000000000000176040526034602c2055a3005b63ddafbaef5f526004601cfd5b631a15a3cc5f526004601cfd5b34610153575f600319360112610153576040517f4952791d0000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f906104a0575b602090604051908152f35b506020813d6020116104cb575b816104ba6020938361103f565b810103126101535760209051610495565b3d91506104ad565b6040513d5f823e3d90fd5b34610153575f600319360112610153576040517f64482ac40000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f90610594575b60209060ff60405191168152f35b506020813d6020116105c9575b816105ae6020938361103f565b81010312610153575160ff8116810361015357602090610586565b3d91506105a1565b34610153575f600319360112610153576040517f34f487ff0000000000000000000000000000000000000000000000000000000081527f0000000000000000000000000000000000000000000000000000000000000000600482015260208160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156104d3575f9061068e575b60209067ffffffffffffffff60405191168152f35b506020813d6020116106ca575b816106a86020938361103f565b81010312610153575167ffffffffffffffff8116810361015357602090610679565b3d915061069b565b34610153576040600319360112610153576106eb610ff9565b602435906387a211a2600c52335f526020600c2080548084116107545783900390555f526020600c20818154019055602052600c5160601c337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3602060405160018152f35b63f4d678b85f526004601cfd5b346101535760406003193601126101535761077a610ff9565b60243573ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303610833576387a211a2600c52815f526020600c2091825491828111610754575f938173ffffffffffffffffffffffffffffffffffffffff94039055806805345cdf77eb68f44c54036805345cdf77eb68f44c558352167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602083a3005b7f7fea9dc5000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610153575f60031936011261015357604051608081019060a081016040525f82526f30313233343536373839616263646566600f52604081017f00000000000000000000000000000000000000000000000000000000000000005b600f8116517ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe8501947fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0153600f8160041c1651845360081c8184036108b7579050610bd4578160809103019081601f198201526006905f6060936006811115610bcc575b8015610bc4575b50828110610b6e575b5050506020610ae46001610af0937f00000000000000000000000000000000000000000000000000000000000000005f14610b31578360405161099060408261103f565b8381527f500000000000000000000000000000000000000000000000000000000000000082820152915b7f000000000000000000000000000000000000000000000000000000000000000015610af457816040516109ef60408261103f565b600281527f4c2d000000000000000000000000000000000000000000000000000000000000828201525b602382610a4b63ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b926040519a8b987f414c4b0000000000000000000000000000000000000000000000000000000000828b0152805191829101858b015e8801908382015f8152815193849201905e0101905f8252805192839101825e01907f2d0000000000000000000000000000000000000000000000000000000000000082528051928391018583015e015f838201520301601f19810183528261103f565b60405191829182610fcf565b0390f35b81604051610b0360408261103f565b600281527f532d00000000000000000000000000000000000000000000000000000000000082820152610a19565b83604051610b4060408261103f565b8381527f430000000000000000000000000000000000000000000000000000000000000082820152916109ba565b6040519350918290039101601f19601f830181165b8181840101518186015201908115610b9f5790601f1990610b83565b5050610ae46001610af09360209360408183015f87820152016040528152935061094c565b905084610943565b92508261093c565b632194895a5f526004601cfd5b3461015357602060031936011261015357610bfa610ff9565b6338377508600c525f52602080600c2054604051908152f35b3461015357602060031936011261015357610c2c610ff9565b6387a211a2600c525f52602080600c2054604051908152f35b3461015357604060031936011261015357610c5e610ff9565b6024359073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303610833576805345cdf77eb68f44c54828101908110610d05576805345cdf77eb68f44c556387a211a2600c525f526020600c20818154019055602052600c5160601c5f7fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3005b63e5cfe9575f526004601cfd5b34610153575f60031936011261015357602060a0610d2e61108f565b828151910120604051907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8252838201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc6604082015246606082015230608082015220604051908152f35b34610153575f60031936011261015357602060405160088152f35b34610153575f6003193601126101535760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b3461015357606060031936011261015357610e08610ff9565b610e1061101c565b604435908260601b33602052637f5e9f208117600c526034600c20908154918219610eb2575b506387a211a2915017600c526020600c2080548084116107545783900390555f526020600c2081815401905560205273ffffffffffffffffffffffffffffffffffffffff600c5160601c91167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef602080a3602060405160018152f35b828511610ec957846387a211a29303905585610e36565b6313be252b5f526004601cfd5b34610153575f6003193601126101535760206805345cdf77eb68f44c54604051908152f35b3461015357604060031936011261015357610f14610ff9565b60243590602052637f5e9f20600c52335f52806034600c20555f52602c5160601c337f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92560205fa3602060405160018152f35b34610153575f60031936011261015357610af0610ae461108f565b34610153575f6003193601126101535760209073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b601f19601f602060409481855280519182918282880152018686015e5f8582860101520116010190565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361015357565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361015357565b90601f601f19910116810190811067ffffffffffffffff82111761106257604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b7f00000000000000000000000000000000000000000000000000000000000000001561140b576040516110c360408261103f565b600581527f6c6f6e672000000000000000000000000000000000000000000000000000000060208201525b7f0000000000000000000000000000000000000000000000000000000000000000156113c7576113c460206111b260405161112a60408261103f565b600981527f7075742d6c696b65200000000000000000000000000000000000000000000000838201525b602960405193849281808501987f416c6b696d6979612000000000000000000000000000000000000000000000008a528051918291018587015e8401908382015f8152815193849201905e01015f815203601f19810183528261103f565b602080806111e563ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b61129c600161121963ffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b602560405197889281808501977f646179732000000000000000000000000000000000000000000000000000000089528051918291018587015e8401907f2d0000000000000000000000000000000000000000000000000000000000000084830152805192839101602683015e01015f838201520301601f19810186528561103f565b6112cf67ffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b9361138b600161130867ffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016611448565b6025604051978892818085019b7f2073756d200000000000000000000000000000000000000000000000000000008d528051918291018587015e8401907f2d0000000000000000000000000000000000000000000000000000000000000084830152805192839101602683015e01015f838201520301601f19810186528561103f565b6040519788965180918589015e860190838201905f8252519283915e0101905f8252518092825e015f815203601f19810183528261103f565b90565b6113c460206111b26040516113dd60408261103f565b600a81527f63616c6c2d6c696b65200000000000000000000000000000000000000000000083820152611154565b60405161141960408261103f565b600681527f73686f727420000000000000000000000000000000000000000000000000000060208201526110ee565b90604051600a7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff608083019460a084016040525f8652945b01938181066030018553049283156114bb577fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff600a91611480565b9250608083601f19920301920191825256fea164736f6c6343000825000a",
}

// SeriesToken is an auto generated Go binding around an Ethereum contract.
type SeriesToken struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *SeriesToken) GetABI() abi.ABI {
	return c.abi
}

// NewSeriesToken creates a new instance of SeriesToken.
func NewSeriesToken() *SeriesToken {
	parsed, err := SeriesTokenMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &SeriesToken{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *SeriesToken) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address bridge_, (bytes32,uint32,uint32,uint64,uint64,bool,bool) info) returns()
func (seriesToken *SeriesToken) PackConstructor(bridge_ common.Address, info SeriesInfo) []byte {
	enc, err := seriesToken.abi.Pack("", bridge_, info)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackDOMAINSEPARATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3644e515.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32 result)
func (seriesToken *SeriesToken) PackDOMAINSEPARATOR() []byte {
	enc, err := seriesToken.abi.Pack("DOMAIN_SEPARATOR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDOMAINSEPARATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3644e515.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32 result)
func (seriesToken *SeriesToken) TryPackDOMAINSEPARATOR() ([]byte, error) {
	return seriesToken.abi.Pack("DOMAIN_SEPARATOR")
}

// UnpackDOMAINSEPARATOR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3644e515.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32 result)
func (seriesToken *SeriesToken) UnpackDOMAINSEPARATOR(data []byte) ([32]byte, error) {
	out, err := seriesToken.abi.Unpack("DOMAIN_SEPARATOR", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62ed3e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256 result)
func (seriesToken *SeriesToken) PackAllowance(owner common.Address, spender common.Address) []byte {
	enc, err := seriesToken.abi.Pack("allowance", owner, spender)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62ed3e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256 result)
func (seriesToken *SeriesToken) TryPackAllowance(owner common.Address, spender common.Address) ([]byte, error) {
	return seriesToken.abi.Pack("allowance", owner, spender)
}

// UnpackAllowance is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xdd62ed3e.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256 result)
func (seriesToken *SeriesToken) UnpackAllowance(data []byte) (*big.Int, error) {
	out, err := seriesToken.abi.Unpack("allowance", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095ea7b3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function approve(address spender, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) PackApprove(spender common.Address, amount *big.Int) []byte {
	enc, err := seriesToken.abi.Pack("approve", spender, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095ea7b3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function approve(address spender, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) TryPackApprove(spender common.Address, amount *big.Int) ([]byte, error) {
	return seriesToken.abi.Pack("approve", spender, amount)
}

// UnpackApprove is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x095ea7b3.
//
// Solidity: function approve(address spender, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) UnpackApprove(data []byte) (bool, error) {
	out, err := seriesToken.abi.Unpack("approve", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackBackingRatio is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7c463fc.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function backingRatio() view returns(uint256)
func (seriesToken *SeriesToken) PackBackingRatio() []byte {
	enc, err := seriesToken.abi.Pack("backingRatio")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBackingRatio is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7c463fc.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function backingRatio() view returns(uint256)
func (seriesToken *SeriesToken) TryPackBackingRatio() ([]byte, error) {
	return seriesToken.abi.Pack("backingRatio")
}

// UnpackBackingRatio is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7c463fc.
//
// Solidity: function backingRatio() view returns(uint256)
func (seriesToken *SeriesToken) UnpackBackingRatio(data []byte) (*big.Int, error) {
	out, err := seriesToken.abi.Unpack("backingRatio", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70a08231.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function balanceOf(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) PackBalanceOf(owner common.Address) []byte {
	enc, err := seriesToken.abi.Pack("balanceOf", owner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70a08231.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function balanceOf(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) TryPackBalanceOf(owner common.Address) ([]byte, error) {
	return seriesToken.abi.Pack("balanceOf", owner)
}

// UnpackBalanceOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x70a08231.
//
// Solidity: function balanceOf(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) UnpackBalanceOf(data []byte) (*big.Int, error) {
	out, err := seriesToken.abi.Unpack("balanceOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBook is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05a8da72.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function book() view returns(address)
func (seriesToken *SeriesToken) PackBook() []byte {
	enc, err := seriesToken.abi.Pack("book")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBook is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x05a8da72.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function book() view returns(address)
func (seriesToken *SeriesToken) TryPackBook() ([]byte, error) {
	return seriesToken.abi.Pack("book")
}

// UnpackBook is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x05a8da72.
//
// Solidity: function book() view returns(address)
func (seriesToken *SeriesToken) UnpackBook(data []byte) (common.Address, error) {
	out, err := seriesToken.abi.Unpack("book", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bridge() view returns(address)
func (seriesToken *SeriesToken) PackBridge() []byte {
	enc, err := seriesToken.abi.Pack("bridge")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBridge is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe78cea92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bridge() view returns(address)
func (seriesToken *SeriesToken) TryPackBridge() ([]byte, error) {
	return seriesToken.abi.Pack("bridge")
}

// UnpackBridge is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe78cea92.
//
// Solidity: function bridge() view returns(address)
func (seriesToken *SeriesToken) UnpackBridge(data []byte) (common.Address, error) {
	out, err := seriesToken.abi.Unpack("bridge", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9dc29fac.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function burn(address from, uint256 amount) returns()
func (seriesToken *SeriesToken) PackBurn(from common.Address, amount *big.Int) []byte {
	enc, err := seriesToken.abi.Pack("burn", from, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9dc29fac.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function burn(address from, uint256 amount) returns()
func (seriesToken *SeriesToken) TryPackBurn(from common.Address, amount *big.Int) ([]byte, error) {
	return seriesToken.abi.Pack("burn", from, amount)
}

// PackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x313ce567.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function decimals() pure returns(uint8)
func (seriesToken *SeriesToken) PackDecimals() []byte {
	enc, err := seriesToken.abi.Pack("decimals")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x313ce567.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function decimals() pure returns(uint8)
func (seriesToken *SeriesToken) TryPackDecimals() ([]byte, error) {
	return seriesToken.abi.Pack("decimals")
}

// UnpackDecimals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x313ce567.
//
// Solidity: function decimals() pure returns(uint8)
func (seriesToken *SeriesToken) UnpackDecimals(data []byte) (uint8, error) {
	out, err := seriesToken.abi.Unpack("decimals", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackExpiry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe184c9be.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function expiry() view returns(uint64)
func (seriesToken *SeriesToken) PackExpiry() []byte {
	enc, err := seriesToken.abi.Pack("expiry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExpiry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe184c9be.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function expiry() view returns(uint64)
func (seriesToken *SeriesToken) TryPackExpiry() ([]byte, error) {
	return seriesToken.abi.Pack("expiry")
}

// UnpackExpiry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe184c9be.
//
// Solidity: function expiry() view returns(uint64)
func (seriesToken *SeriesToken) UnpackExpiry(data []byte) (uint64, error) {
	out, err := seriesToken.abi.Unpack("expiry", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x40c10f19.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function mint(address to, uint256 amount) returns()
func (seriesToken *SeriesToken) PackMint(to common.Address, amount *big.Int) []byte {
	enc, err := seriesToken.abi.Pack("mint", to, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x40c10f19.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function mint(address to, uint256 amount) returns()
func (seriesToken *SeriesToken) TryPackMint(to common.Address, amount *big.Int) ([]byte, error) {
	return seriesToken.abi.Pack("mint", to, amount)
}

// PackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06fdde03.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function name() view returns(string)
func (seriesToken *SeriesToken) PackName() []byte {
	enc, err := seriesToken.abi.Pack("name")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06fdde03.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function name() view returns(string)
func (seriesToken *SeriesToken) TryPackName() ([]byte, error) {
	return seriesToken.abi.Pack("name")
}

// UnpackName is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06fdde03.
//
// Solidity: function name() view returns(string)
func (seriesToken *SeriesToken) UnpackName(data []byte) (string, error) {
	out, err := seriesToken.abi.Unpack("name", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) PackNonces(owner common.Address) []byte {
	enc, err := seriesToken.abi.Pack("nonces", owner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) TryPackNonces(owner common.Address) ([]byte, error) {
	return seriesToken.abi.Pack("nonces", owner)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ecebe00.
//
// Solidity: function nonces(address owner) view returns(uint256 result)
func (seriesToken *SeriesToken) UnpackNonces(data []byte) (*big.Int, error) {
	out, err := seriesToken.abi.Unpack("nonces", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackPayoutPerUnit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb52d6c49.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function payoutPerUnit() view returns(uint64)
func (seriesToken *SeriesToken) PackPayoutPerUnit() []byte {
	enc, err := seriesToken.abi.Pack("payoutPerUnit")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPayoutPerUnit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb52d6c49.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function payoutPerUnit() view returns(uint64)
func (seriesToken *SeriesToken) TryPackPayoutPerUnit() ([]byte, error) {
	return seriesToken.abi.Pack("payoutPerUnit")
}

// UnpackPayoutPerUnit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb52d6c49.
//
// Solidity: function payoutPerUnit() view returns(uint64)
func (seriesToken *SeriesToken) UnpackPayoutPerUnit(data []byte) (uint64, error) {
	out, err := seriesToken.abi.Unpack("payoutPerUnit", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd505accf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (seriesToken *SeriesToken) PackPermit(owner common.Address, spender common.Address, value *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) []byte {
	enc, err := seriesToken.abi.Pack("permit", owner, spender, value, deadline, v, r, s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd505accf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (seriesToken *SeriesToken) TryPackPermit(owner common.Address, spender common.Address, value *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) ([]byte, error) {
	return seriesToken.abi.Pack("permit", owner, spender, value, deadline, v, r, s)
}

// PackSeriesKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2d20a009.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function seriesKey() view returns(bytes32)
func (seriesToken *SeriesToken) PackSeriesKey() []byte {
	enc, err := seriesToken.abi.Pack("seriesKey")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSeriesKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2d20a009.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function seriesKey() view returns(bytes32)
func (seriesToken *SeriesToken) TryPackSeriesKey() ([]byte, error) {
	return seriesToken.abi.Pack("seriesKey")
}

// UnpackSeriesKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2d20a009.
//
// Solidity: function seriesKey() view returns(bytes32)
func (seriesToken *SeriesToken) UnpackSeriesKey(data []byte) ([32]byte, error) {
	out, err := seriesToken.abi.Unpack("seriesKey", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc19d93fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function state() view returns(uint8)
func (seriesToken *SeriesToken) PackState() []byte {
	enc, err := seriesToken.abi.Pack("state")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackState is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc19d93fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function state() view returns(uint8)
func (seriesToken *SeriesToken) TryPackState() ([]byte, error) {
	return seriesToken.abi.Pack("state")
}

// UnpackState is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc19d93fb.
//
// Solidity: function state() view returns(uint8)
func (seriesToken *SeriesToken) UnpackState(data []byte) (uint8, error) {
	out, err := seriesToken.abi.Unpack("state", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95d89b41.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function symbol() view returns(string)
func (seriesToken *SeriesToken) PackSymbol() []byte {
	enc, err := seriesToken.abi.Pack("symbol")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95d89b41.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function symbol() view returns(string)
func (seriesToken *SeriesToken) TryPackSymbol() ([]byte, error) {
	return seriesToken.abi.Pack("symbol")
}

// UnpackSymbol is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x95d89b41.
//
// Solidity: function symbol() view returns(string)
func (seriesToken *SeriesToken) UnpackSymbol(data []byte) (string, error) {
	out, err := seriesToken.abi.Unpack("symbol", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackTotalSupply is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18160ddd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function totalSupply() view returns(uint256 result)
func (seriesToken *SeriesToken) PackTotalSupply() []byte {
	enc, err := seriesToken.abi.Pack("totalSupply")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTotalSupply is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18160ddd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function totalSupply() view returns(uint256 result)
func (seriesToken *SeriesToken) TryPackTotalSupply() ([]byte, error) {
	return seriesToken.abi.Pack("totalSupply")
}

// UnpackTotalSupply is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x18160ddd.
//
// Solidity: function totalSupply() view returns(uint256 result)
func (seriesToken *SeriesToken) UnpackTotalSupply(data []byte) (*big.Int, error) {
	out, err := seriesToken.abi.Unpack("totalSupply", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa9059cbb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transfer(address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) PackTransfer(to common.Address, amount *big.Int) []byte {
	enc, err := seriesToken.abi.Pack("transfer", to, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa9059cbb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transfer(address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) TryPackTransfer(to common.Address, amount *big.Int) ([]byte, error) {
	return seriesToken.abi.Pack("transfer", to, amount)
}

// UnpackTransfer is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa9059cbb.
//
// Solidity: function transfer(address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) UnpackTransfer(data []byte) (bool, error) {
	out, err := seriesToken.abi.Unpack("transfer", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23b872dd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferFrom(address from, address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) PackTransferFrom(from common.Address, to common.Address, amount *big.Int) []byte {
	enc, err := seriesToken.abi.Pack("transferFrom", from, to, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23b872dd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferFrom(address from, address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) TryPackTransferFrom(from common.Address, to common.Address, amount *big.Int) ([]byte, error) {
	return seriesToken.abi.Pack("transferFrom", from, to, amount)
}

// UnpackTransferFrom is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x23b872dd.
//
// Solidity: function transferFrom(address from, address to, uint256 amount) returns(bool)
func (seriesToken *SeriesToken) UnpackTransferFrom(data []byte) (bool, error) {
	out, err := seriesToken.abi.Unpack("transferFrom", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// SeriesTokenApproval represents a Approval event raised by the SeriesToken contract.
type SeriesTokenApproval struct {
	Owner   common.Address
	Spender common.Address
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const SeriesTokenApprovalEventName = "Approval"

// ContractEventName returns the user-defined event name.
func (SeriesTokenApproval) ContractEventName() string {
	return SeriesTokenApprovalEventName
}

// UnpackApprovalEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Approval(address indexed owner, address indexed spender, uint256 amount)
func (seriesToken *SeriesToken) UnpackApprovalEvent(log *types.Log) (*SeriesTokenApproval, error) {
	event := "Approval"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != seriesToken.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(SeriesTokenApproval)
	if len(log.Data) > 0 {
		if err := seriesToken.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range seriesToken.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// SeriesTokenTransfer represents a Transfer event raised by the SeriesToken contract.
type SeriesTokenTransfer struct {
	From   common.Address
	To     common.Address
	Amount *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const SeriesTokenTransferEventName = "Transfer"

// ContractEventName returns the user-defined event name.
func (SeriesTokenTransfer) ContractEventName() string {
	return SeriesTokenTransferEventName
}

// UnpackTransferEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Transfer(address indexed from, address indexed to, uint256 amount)
func (seriesToken *SeriesToken) UnpackTransferEvent(log *types.Log) (*SeriesTokenTransfer, error) {
	event := "Transfer"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != seriesToken.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(SeriesTokenTransfer)
	if len(log.Data) > 0 {
		if err := seriesToken.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range seriesToken.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (seriesToken *SeriesToken) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["AllowanceOverflow"].ID.Bytes()[:4]) {
		return seriesToken.UnpackAllowanceOverflowError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["AllowanceUnderflow"].ID.Bytes()[:4]) {
		return seriesToken.UnpackAllowanceUnderflowError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["InsufficientAllowance"].ID.Bytes()[:4]) {
		return seriesToken.UnpackInsufficientAllowanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["InsufficientBalance"].ID.Bytes()[:4]) {
		return seriesToken.UnpackInsufficientBalanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["InvalidPermit"].ID.Bytes()[:4]) {
		return seriesToken.UnpackInvalidPermitError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["NotBridge"].ID.Bytes()[:4]) {
		return seriesToken.UnpackNotBridgeError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["Permit2AllowanceIsFixedAtInfinity"].ID.Bytes()[:4]) {
		return seriesToken.UnpackPermit2AllowanceIsFixedAtInfinityError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["PermitExpired"].ID.Bytes()[:4]) {
		return seriesToken.UnpackPermitExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], seriesToken.abi.Errors["TotalSupplyOverflow"].ID.Bytes()[:4]) {
		return seriesToken.UnpackTotalSupplyOverflowError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// SeriesTokenAllowanceOverflow represents a AllowanceOverflow error raised by the SeriesToken contract.
type SeriesTokenAllowanceOverflow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AllowanceOverflow()
func SeriesTokenAllowanceOverflowErrorID() common.Hash {
	return common.HexToHash("0xf90670665e03a4773b0ff0038950e59dcf6eb0e11a551c751bfc6d601d4fba1f")
}

// UnpackAllowanceOverflowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AllowanceOverflow()
func (seriesToken *SeriesToken) UnpackAllowanceOverflowError(raw []byte) (*SeriesTokenAllowanceOverflow, error) {
	out := new(SeriesTokenAllowanceOverflow)
	if err := seriesToken.abi.UnpackIntoInterface(out, "AllowanceOverflow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenAllowanceUnderflow represents a AllowanceUnderflow error raised by the SeriesToken contract.
type SeriesTokenAllowanceUnderflow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AllowanceUnderflow()
func SeriesTokenAllowanceUnderflowErrorID() common.Hash {
	return common.HexToHash("0x8301ab3813d043283976247523a0a38774b9155d7216ecc20ceae2039c28e28f")
}

// UnpackAllowanceUnderflowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AllowanceUnderflow()
func (seriesToken *SeriesToken) UnpackAllowanceUnderflowError(raw []byte) (*SeriesTokenAllowanceUnderflow, error) {
	out := new(SeriesTokenAllowanceUnderflow)
	if err := seriesToken.abi.UnpackIntoInterface(out, "AllowanceUnderflow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenInsufficientAllowance represents a InsufficientAllowance error raised by the SeriesToken contract.
type SeriesTokenInsufficientAllowance struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientAllowance()
func SeriesTokenInsufficientAllowanceErrorID() common.Hash {
	return common.HexToHash("0x13be252bc8f22c3de689f75d88d90b4c4aeb9cd39d50c39ae82df3b19f85cf73")
}

// UnpackInsufficientAllowanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientAllowance()
func (seriesToken *SeriesToken) UnpackInsufficientAllowanceError(raw []byte) (*SeriesTokenInsufficientAllowance, error) {
	out := new(SeriesTokenInsufficientAllowance)
	if err := seriesToken.abi.UnpackIntoInterface(out, "InsufficientAllowance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenInsufficientBalance represents a InsufficientBalance error raised by the SeriesToken contract.
type SeriesTokenInsufficientBalance struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientBalance()
func SeriesTokenInsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xf4d678b8ce6b5157126b1484a53523762a93571537a7d5ae97d8014a44715c94")
}

// UnpackInsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientBalance()
func (seriesToken *SeriesToken) UnpackInsufficientBalanceError(raw []byte) (*SeriesTokenInsufficientBalance, error) {
	out := new(SeriesTokenInsufficientBalance)
	if err := seriesToken.abi.UnpackIntoInterface(out, "InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenInvalidPermit represents a InvalidPermit error raised by the SeriesToken contract.
type SeriesTokenInvalidPermit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidPermit()
func SeriesTokenInvalidPermitErrorID() common.Hash {
	return common.HexToHash("0xddafbaefe5cdbfc41219261b5d7468d1f16bc986eedbdef2ea223830eb9c5e3e")
}

// UnpackInvalidPermitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidPermit()
func (seriesToken *SeriesToken) UnpackInvalidPermitError(raw []byte) (*SeriesTokenInvalidPermit, error) {
	out := new(SeriesTokenInvalidPermit)
	if err := seriesToken.abi.UnpackIntoInterface(out, "InvalidPermit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenNotBridge represents a NotBridge error raised by the SeriesToken contract.
type SeriesTokenNotBridge struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotBridge()
func SeriesTokenNotBridgeErrorID() common.Hash {
	return common.HexToHash("0x7fea9dc5767ac4b36a9ff237b0759bb2cace1063d7ac36dc2fd31d7b98e58aab")
}

// UnpackNotBridgeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotBridge()
func (seriesToken *SeriesToken) UnpackNotBridgeError(raw []byte) (*SeriesTokenNotBridge, error) {
	out := new(SeriesTokenNotBridge)
	if err := seriesToken.abi.UnpackIntoInterface(out, "NotBridge", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenPermit2AllowanceIsFixedAtInfinity represents a Permit2AllowanceIsFixedAtInfinity error raised by the SeriesToken contract.
type SeriesTokenPermit2AllowanceIsFixedAtInfinity struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Permit2AllowanceIsFixedAtInfinity()
func SeriesTokenPermit2AllowanceIsFixedAtInfinityErrorID() common.Hash {
	return common.HexToHash("0x3f68539a770258d2bb543cd58b5796e9a7d3756f652a2877fca18c376b7d6d2d")
}

// UnpackPermit2AllowanceIsFixedAtInfinityError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Permit2AllowanceIsFixedAtInfinity()
func (seriesToken *SeriesToken) UnpackPermit2AllowanceIsFixedAtInfinityError(raw []byte) (*SeriesTokenPermit2AllowanceIsFixedAtInfinity, error) {
	out := new(SeriesTokenPermit2AllowanceIsFixedAtInfinity)
	if err := seriesToken.abi.UnpackIntoInterface(out, "Permit2AllowanceIsFixedAtInfinity", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenPermitExpired represents a PermitExpired error raised by the SeriesToken contract.
type SeriesTokenPermitExpired struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitExpired()
func SeriesTokenPermitExpiredErrorID() common.Hash {
	return common.HexToHash("0x1a15a3cc224edbade4d933d5c6e98dd80b0bac0717489018b924d44d9f0272ea")
}

// UnpackPermitExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitExpired()
func (seriesToken *SeriesToken) UnpackPermitExpiredError(raw []byte) (*SeriesTokenPermitExpired, error) {
	out := new(SeriesTokenPermitExpired)
	if err := seriesToken.abi.UnpackIntoInterface(out, "PermitExpired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SeriesTokenTotalSupplyOverflow represents a TotalSupplyOverflow error raised by the SeriesToken contract.
type SeriesTokenTotalSupplyOverflow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TotalSupplyOverflow()
func SeriesTokenTotalSupplyOverflowErrorID() common.Hash {
	return common.HexToHash("0xe5cfe9574234d28adee0e141da16b8cf97573d6cdb05963cf8520ef32a8feff8")
}

// UnpackTotalSupplyOverflowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TotalSupplyOverflow()
func (seriesToken *SeriesToken) UnpackTotalSupplyOverflowError(raw []byte) (*SeriesTokenTotalSupplyOverflow, error) {
	out := new(SeriesTokenTotalSupplyOverflow)
	if err := seriesToken.abi.UnpackIntoInterface(out, "TotalSupplyOverflow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvMetaData contains all meta data concerning the Spv contract.
var SpvMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractCheckpointRelay\",\"name\":\"relay_\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"halvingInterval_\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"BadBatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadConfig\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadLength\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadMerkle\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadRecord\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"DepthMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NonMinimal\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotASpend\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"OutOfRange\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Size64\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"need\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"have\",\"type\":\"uint256\"}],\"name\":\"TooShallow\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Trailing\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WitnessForm\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"MIN_CONF\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"scripts\",\"type\":\"bytes32[]\"},{\"internalType\":\"bytes32\",\"name\":\"domain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"rids\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"worth\",\"type\":\"uint256\"}],\"name\":\"batch\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"conf\",\"type\":\"uint32\"}],\"internalType\":\"structInclusion\",\"name\":\"inc\",\"type\":\"tuple\"},{\"internalType\":\"uint256[]\",\"name\":\"values\",\"type\":\"uint256[]\"},{\"internalType\":\"bytes32[]\",\"name\":\"rest\",\"type\":\"bytes32[]\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"halvingInterval\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"uint256\",\"name\":\"vout\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"worth\",\"type\":\"uint256\"}],\"name\":\"output\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"conf\",\"type\":\"uint32\"}],\"internalType\":\"structInclusion\",\"name\":\"inc\",\"type\":\"tuple\"},{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"script\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"}],\"name\":\"prove\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"conf\",\"type\":\"uint32\"}],\"internalType\":\"structInclusion\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"caller\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"height\",\"type\":\"uint256\"}],\"name\":\"proven\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"}],\"name\":\"refute\",\"outputs\":[],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"relay\",\"outputs\":[{\"internalType\":\"contractCheckpointRelay\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"height\",\"type\":\"uint256\"}],\"name\":\"required\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes\",\"name\":\"chain\",\"type\":\"bytes\"},{\"internalType\":\"uint256\",\"name\":\"hops\",\"type\":\"uint256\"},{\"internalType\":\"bytes\",\"name\":\"rawTx\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"siblings\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"coinbaseMid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32[]\",\"name\":\"coinbaseSiblings\",\"type\":\"bytes32[]\"}],\"internalType\":\"structProof\",\"name\":\"p\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"vout\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"script\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"worth\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"payee\",\"type\":\"bytes32\"}],\"name\":\"spend\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"txid\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"height\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"conf\",\"type\":\"uint32\"}],\"internalType\":\"structInclusion\",\"name\":\"inc\",\"type\":\"tuple\"},{\"internalType\":\"uint256\",\"name\":\"paid\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"height\",\"type\":\"uint256\"}],\"name\":\"subsidy\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "b52d50b1c9fd24dc609f2d1ad06c6baf66",
	Bin: "0x60e0346100f857601f611c3738819003918201601f19168301916001600160401b038311848410176100fc5780849260409485528339810103126100f85780516001600160a01b038116918282036100f85760200151911580156100f0575b6100e15760805260a05260205f600c6040516b616c6b2f62617463682f763160a01b815260025afa156100d6575f5160c052604051611b269081610111823960805181818161014d0152818161023e015261121f015260a05181818161049f015281816108060152610ff9015260c05181610a1d0152f35b6040513d5f823e3d90fd5b6301f30c8760e21b5f5260045ffd5b50811561005e565b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe60806040526004361015610011575f80fd5b5f3560e01c80630a6ec50a14610dbf57806319433dd114610da4578063691bda28146108295780636a47aa06146107ef5780636d7fcbf6146107c65780636f8afc1f146104cf5780637b14687e14610481578063892f7860146102d8578063b3f67c9a14610262578063b59589d1146102125763ef2de4ed14610092575f80fd5b3461020e57608060031936011261020e5760243563ffffffff811680910361020e576044359067ffffffffffffffff821161020e573660238301121561020e57816004013567ffffffffffffffff811161020e57366024828501011161020e576101349260809160405194859283927f30e3eada00000000000000000000000000000000000000000000000000000000845260246064359201600485016110c8565b038173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa8015610203575f925f916101c9575b5063ffffffff1614908115916101bd575b5061019657005b7edefe30000000000000000000000000000000000000000000000000000000005f5260045ffd5b9050600435145f61018f565b63ffffffff93506101f2915060803d6080116101fc575b6101ea8183610e6d565b81019061109b565b509193905061017e565b503d6101e0565b6040513d5f823e3d90fd5b5f80fd5b3461020e575f60031936011261020e57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b3461020e57604060031936011261020e5760043573ffffffffffffffffffffffffffffffffffffffff811680910361020e575f525f60205260405f206090602435045f52602052606060405f205467ffffffffffffffff604051918181168352818160401c16602084015260801c166040820152f35b3461020e57606060031936011261020e5760043567ffffffffffffffff811161020e57806004019060e0600319823603011261020e576103316024359261031d610edb565b50604461032982611168565b930190610f10565b5f905f9261033f8282611608565b968181101561045957905f915b81831061040557505050946103639160c096611714565b335f525f60205260405f20609063ffffffff604086015116045f5260205260405f2080547fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000067ffffffffffffffff6103c06044358285168961154f565b1691161790556103f9604051809463ffffffff606080928051855260208101516020860152826040820151166040860152015116910152565b608083015260a0820152f35b909197610413908585611674565b9190838b1461042b575b50506001909801919061034c565b6104499198508260019398506104429188886114bf565b36916114d7565b602081519101209695908a61041d565b7f5aed9cff000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461020e57602060031936011261020e57602064012a05f2006104c67f0000000000000000000000000000000000000000000000000000000000000000600435610f61565b1c604051908152f35b3461020e5760c060031936011261020e5760043567ffffffffffffffff811161020e57806004019060e0600319823603011261020e57602435604435926064359361053360a4359261051f610edb565b50604461052b82611168565b960190610f10565b5f945f9361054183856118a2565b9190928461054e85610f98565b11610459578392931561079e578291925b61074c57505050610571908284611a15565b8261057d839593610fae565b1161045957919088845b6106f557506105969350611714565b91156106cd5760a0938161065a575b5050335f525f60205260405f20609063ffffffff604085015116045f5260205260405f2080547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000061061760843567ffffffffffffffff8560401c168861154f565b60401b169116179055610653604051809363ffffffff606080928051855260208101516020860152826040820151166040860152015116910152565b6080820152f35b835190604051906020820192835260408201526040815261067c606082610e6d565b519020335f52600160205260405f20815f5260205260405f205480155f146106be5750335f52600160205260405f20905f5260205260405f20555b83806105a5565b905003156106b757505f6106b7565b7f4fed0a90000000000000000000000000000000000000000000000000000000005f5260045ffd5b610442906107098495849561071595611674565b809592949188886114bf565b6020815191012014610737575b5061072d90936115fc565b9291908884610587565b6107459061072d9296610fd2565b9490610722565b919761077790836107608b9496888a611757565b9c90929091841561077f575b5050505098936115fc565b90918161055f565b1492509082610794575b50508c83858261076c565b149050828d610789565b7f094e22c8000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461020e57604060031936011261020e5760206107e7602435600435610fec565b604051908152f35b3461020e575f60031936011261020e5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b3461020e5760a060031936011261020e5760043567ffffffffffffffff811161020e578060040160e0600319833603011261020e5760243567ffffffffffffffff811161020e5761087e903690600401610e3c565b6064929192359367ffffffffffffffff851161020e576108a56108b0953690600401610e3c565b95909361031d610edb565b9390955f916108bf8689611608565b909686881115610b90576108d2876114a7565b996108e06040519b8c610e6d565b878b526108ec886114a7565b987fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe060208d019a01368b376109218982610fdf565b985f198a01998a11610cae57908c9493929161093c8b6114a7565b9a6040519b61094b908d610e6d565b808c52610957906114a7565b60208c019d907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe001368f375f965b838810610bb8575050505061099a9350611714565b335f525f60205260405f20609063ffffffff604087015116045f5260205260405f2080547fffffffffffffffff0000000000000000ffffffffffffffffffffffffffffffff77ffffffffffffffff00000000000000000000000000000000610a1260843567ffffffffffffffff8560801c168a61154f565b60801b1691161790557f00000000000000000000000000000000000000000000000000000000000000006040516020810191808352604082015260443560608201527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff841161020e57610abe6080825f9560209760051b809184840137810103017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282610e6d565b604051918291518091835e8101838152039060025afa15610203575f5103610b905793929190604051948594610b1e8660c081019363ffffffff606080928051855260208101516020860152826040820151166040860152015116910152565b60c060808701525180915260e0850192905f5b818110610b775750505060209084830360a086015251918281520191905f5b818110610b5e575050500390f35b8251845285945060209384019390920191600101610b50565b8251855287965060209485019490920191600101610b31565b7f86bdc25c000000000000000000000000000000000000000000000000000000005f5260045ffd5b909192939495610bc9908787611674565b92858a1092908315610c4857610bf09261044292610be88d889461153b565b528a8a6114bf565b602081519101209015610c1b578760051b83013503610b90576001905b96019594939291908e610985565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b5050919a90508388145f14610d6357506022610c64828c610fdf565b14801590610cdb575b610b905760028101809111610cae57610c8a8a60019288886114bf565b90359060208110610c9d575b5099610c0d565b5f199060200360031b1b165f610c96565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b5060028101808211610cae577fffff000000000000000000000000000000000000000000000000000000000000610d357f6a2000000000000000000000000000000000000000000000000000000000000092848a8a6114bf565b90358281169160028110610d4e575b5050161415610c6d565b839250829060020360031b1b16165f80610d44565b999061044282610d749289896114bf565b6020815191012090610d868489610fdf565b915f198301928311610cae57610d9e6001938f61153b565b52610c0d565b3461020e575f60031936011261020e57602060405160068152f35b3461020e57602060031936011261020e5760043567ffffffffffffffff811161020e5760e0600319823603011261020e57610e07608091610dfe610edb565b50600401611168565b610e3a604051809263ffffffff606080928051855260208101516020860152826040820151166040860152015116910152565bf35b9181601f8401121561020e5782359167ffffffffffffffff831161020e576020808501948460051b01011161020e57565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117610eae57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b604051906080820182811067ffffffffffffffff821117610eae576040525f6060838281528260208201528260408201520152565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18136030182121561020e570180359067ffffffffffffffff821161020e5760200191813603831361020e57565b8115610f6b570490565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601260045260245ffd5b90602982029180830460291490151715610cae57565b90600982029180830460091490151715610cae57565b9060018201809211610cae57565b91908201809211610cae57565b91908203918211610cae57565b9061101e64012a05f200917f000000000000000000000000000000000000000000000000000000000000000090610f61565b1c908115611083577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81168103610cae578161105c9160011b610fd2565b905f198201918211610cae5761107191610f61565b60068110156110805750600690565b90565b50505f1990565b519063ffffffff8216820361020e57565b919082608091031261020e5781519160208101519161108060606110c16040850161108a565b930161108a565b9392917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8260609360209560408a528160408b0152858a01375f84828a0101520116850101930152565b9035907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe18136030182121561020e570180359067ffffffffffffffff821161020e57602001918160051b3603831361020e57565b90611171610edb565b91604081019060406111838383610f10565b90501461147f576080810135801561134c57606082016111a38184611114565b60c085019391506111b48486611114565b91905003611457576112069460806111cc8680610f10565b60405198899283927f30e3eada00000000000000000000000000000000000000000000000000000000845260208b013591600485016110c8565b038173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa958615610203575f90895f985f925f91611413575b509263ffffffff61127e93602096936060835f98169101521660408d0152848c015287610f10565b908160405191823760025afa1561020e5760205f818160025afa1561020e576112ac5f519283895285611114565b909260208211838115611407575b5061134c57869390929160051b81015b8082106113bf575050500361134c5760205f6040518281019060a086013582528381526112f8604082610e6d565b604051918291518091835e8101838152039060025afa156102035761131f905f5192611114565b90915f91906020821180156113b8575b61134c5792809160051b015b808210611374575050500361134c57565b7fa56e89c6000000000000000000000000000000000000000000000000000000005f5260045ffd5b90919260208460051b1652813560018085161860051b5260205f60408160025afa1561020e5760205f818160025afa1561020e5760205f519360011c92019061133b565b505f61132f565b9193509160208460051b1652813560018085161860051b5260205f60408160025afa1561020e5760205f818160025afa1561020e5760205f519360011c9201869392916112ca565b9050821c15155f6112ba565b60609a505f945061127e935063ffffffff915060209592611443839260803d6080116101fc576101ea8183610e6d565b919e50959850909650939450929150611256565b7f2d017a4e000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fe08ee0d0000000000000000000000000000000000000000000000000000000005f5260045ffd5b67ffffffffffffffff8111610eae5760051b60200190565b9093929384831161020e57841161020e578101920390565b92919267ffffffffffffffff8211610eae576040519161151f60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8401160184610e6d565b82948184528183011161020e578281602093845f960137010152565b8051821015610c1b5760209160051b010190565b9167ffffffffffffffff611564921690610fd2565b9063ffffffff606061157c8260408501511685610fec565b92015116908082106115ce57505067ffffffffffffffff81116115a65767ffffffffffffffff1690565b7f7db3aba7000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f53434d9f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8015610cae575f190190565b61161282826118a2565b8361161e839493610f98565b116104595791801561079e5791908390835b6116525761163e9350611a15565b909161164983610fae565b11610459579091565b916116619061166a9284611757565b915050926115fc565b9190839083611630565b9260098301808411610cae5782106104595767ffffffffffffffff838501358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c17169360088401809411610cae5761170b938361170392611a15565b809491610fd2565b91821161045957565b509060048101809111610cae57818111610459571061172f57565b7f9a1c47cd000000000000000000000000000000000000000000000000000000005f5260045ffd5b919260298401808511610cae5782106104595783830193843594602082018211610cae57602063ffffffff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff83821661ffff84161760201b92161760201c17169360248201809211610cae576117f691846117f192611a15565b610fd2565b9160048301809311610cae57821161045957565b01358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b917f1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81168103610cae5760019060031b1b915f198301928311610cae5765ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b5f92919060058210610459576119136004829060ff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b60fd8110611a0b5760ff81146119e35760fd036119d9578360ff60025b16946119ac5750836005019182600511610cae5782116104595761195884600560029361180a565b930361199f5762ffffff60fd5b1683106119775780600511610cae5790565b7f65512cee000000000000000000000000000000000000000000000000000000005f5260045ffd5b62ffffff62010000611965565b807f4e487b7100000000000000000000000000000000000000000000000000000000602492526011600452fd5b8360ff6004611930565b6004857f5aed9cff000000000000000000000000000000000000000000000000000000008152fd5b9350600592915050565b9291909283611a2383610fc4565b1161045957611a8c82829060ff9101358060c81c9060b81c9064ff000000ff65ff000000ff0067ff00ff00ff00ff00841666ff00ff00ff00ff84161760101c931691161760101b65ffff0000ffff63ffffffff821661ffff84161760201b92161760201c171690565b60fd8110611b055760ff81146104595760fd03611afc5760ff60025b169360018301809311610cae57611abf8584610fd2565b11610459578382611acf9261180a565b9260028103611aef5762ffffff60fd5b1684106119775761108091610fd2565b62ffffff62010000611adf565b60ff6004611aa8565b918094506001915001809311610cae57919056fea164736f6c6343000825000a",
}

// Spv is an auto generated Go binding around an Ethereum contract.
type Spv struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Spv) GetABI() abi.ABI {
	return c.abi
}

// NewSpv creates a new instance of Spv.
func NewSpv() *Spv {
	parsed, err := SpvMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Spv{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Spv) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address relay_, uint256 halvingInterval_) returns()
func (spv *Spv) PackConstructor(relay_ common.Address, halvingInterval_ *big.Int) []byte {
	enc, err := spv.abi.Pack("", relay_, halvingInterval_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMINCONF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x19433dd1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MIN_CONF() view returns(uint256)
func (spv *Spv) PackMINCONF() []byte {
	enc, err := spv.abi.Pack("MIN_CONF")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMINCONF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x19433dd1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MIN_CONF() view returns(uint256)
func (spv *Spv) TryPackMINCONF() ([]byte, error) {
	return spv.abi.Pack("MIN_CONF")
}

// UnpackMINCONF is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x19433dd1.
//
// Solidity: function MIN_CONF() view returns(uint256)
func (spv *Spv) UnpackMINCONF(data []byte) (*big.Int, error) {
	out, err := spv.abi.Unpack("MIN_CONF", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x691bda28.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function batch((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32[] scripts, bytes32 domain, bytes32[] rids, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256[] values, bytes32[] rest)
func (spv *Spv) PackBatch(p Proof, scripts [][32]byte, domain [32]byte, rids [][32]byte, worth *big.Int) []byte {
	enc, err := spv.abi.Pack("batch", p, scripts, domain, rids, worth)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x691bda28.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function batch((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32[] scripts, bytes32 domain, bytes32[] rids, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256[] values, bytes32[] rest)
func (spv *Spv) TryPackBatch(p Proof, scripts [][32]byte, domain [32]byte, rids [][32]byte, worth *big.Int) ([]byte, error) {
	return spv.abi.Pack("batch", p, scripts, domain, rids, worth)
}

// BatchOutput serves as a container for the return parameters of contract
// method Batch.
type BatchOutput struct {
	Inc    Inclusion
	Values []*big.Int
	Rest   [][32]byte
}

// UnpackBatch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x691bda28.
//
// Solidity: function batch((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32[] scripts, bytes32 domain, bytes32[] rids, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256[] values, bytes32[] rest)
func (spv *Spv) UnpackBatch(data []byte) (BatchOutput, error) {
	out, err := spv.abi.Unpack("batch", data)
	outstruct := new(BatchOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Inc = *abi.ConvertType(out[0], new(Inclusion)).(*Inclusion)
	outstruct.Values = *abi.ConvertType(out[1], new([]*big.Int)).(*[]*big.Int)
	outstruct.Rest = *abi.ConvertType(out[2], new([][32]byte)).(*[][32]byte)
	return *outstruct, nil
}

// PackHalvingInterval is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a47aa06.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function halvingInterval() view returns(uint256)
func (spv *Spv) PackHalvingInterval() []byte {
	enc, err := spv.abi.Pack("halvingInterval")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHalvingInterval is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a47aa06.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function halvingInterval() view returns(uint256)
func (spv *Spv) TryPackHalvingInterval() ([]byte, error) {
	return spv.abi.Pack("halvingInterval")
}

// UnpackHalvingInterval is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6a47aa06.
//
// Solidity: function halvingInterval() view returns(uint256)
func (spv *Spv) UnpackHalvingInterval(data []byte) (*big.Int, error) {
	out, err := spv.abi.Unpack("halvingInterval", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackOutput is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x892f7860.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function output((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, uint256 vout, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256 value, bytes32 script)
func (spv *Spv) PackOutput(p Proof, vout *big.Int, worth *big.Int) []byte {
	enc, err := spv.abi.Pack("output", p, vout, worth)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOutput is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x892f7860.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function output((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, uint256 vout, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256 value, bytes32 script)
func (spv *Spv) TryPackOutput(p Proof, vout *big.Int, worth *big.Int) ([]byte, error) {
	return spv.abi.Pack("output", p, vout, worth)
}

// OutputOutput serves as a container for the return parameters of contract
// method Output.
type OutputOutput struct {
	Inc    Inclusion
	Value  *big.Int
	Script [32]byte
}

// UnpackOutput is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x892f7860.
//
// Solidity: function output((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, uint256 vout, uint256 worth) returns((bytes32,bytes32,uint32,uint32) inc, uint256 value, bytes32 script)
func (spv *Spv) UnpackOutput(data []byte) (OutputOutput, error) {
	out, err := spv.abi.Unpack("output", data)
	outstruct := new(OutputOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Inc = *abi.ConvertType(out[0], new(Inclusion)).(*Inclusion)
	outstruct.Value = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	outstruct.Script = *abi.ConvertType(out[2], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackProve is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0a6ec50a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function prove((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p) view returns((bytes32,bytes32,uint32,uint32))
func (spv *Spv) PackProve(p Proof) []byte {
	enc, err := spv.abi.Pack("prove", p)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProve is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0a6ec50a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function prove((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p) view returns((bytes32,bytes32,uint32,uint32))
func (spv *Spv) TryPackProve(p Proof) ([]byte, error) {
	return spv.abi.Pack("prove", p)
}

// UnpackProve is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0a6ec50a.
//
// Solidity: function prove((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p) view returns((bytes32,bytes32,uint32,uint32))
func (spv *Spv) UnpackProve(data []byte) (Inclusion, error) {
	out, err := spv.abi.Unpack("prove", data)
	if err != nil {
		return *new(Inclusion), err
	}
	out0 := *abi.ConvertType(out[0], new(Inclusion)).(*Inclusion)
	return out0, nil
}

// PackProven is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb3f67c9a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proven(address caller, uint256 height) view returns(uint64, uint64, uint64)
func (spv *Spv) PackProven(caller common.Address, height *big.Int) []byte {
	enc, err := spv.abi.Pack("proven", caller, height)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProven is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb3f67c9a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proven(address caller, uint256 height) view returns(uint64, uint64, uint64)
func (spv *Spv) TryPackProven(caller common.Address, height *big.Int) ([]byte, error) {
	return spv.abi.Pack("proven", caller, height)
}

// ProvenOutput serves as a container for the return parameters of contract
// method Proven.
type ProvenOutput struct {
	Arg0 uint64
	Arg1 uint64
	Arg2 uint64
}

// UnpackProven is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb3f67c9a.
//
// Solidity: function proven(address caller, uint256 height) view returns(uint64, uint64, uint64)
func (spv *Spv) UnpackProven(data []byte) (ProvenOutput, error) {
	out, err := spv.abi.Unpack("proven", data)
	outstruct := new(ProvenOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Arg0 = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Arg1 = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	outstruct.Arg2 = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackRefute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xef2de4ed.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function refute(bytes32 blockHash, uint32 height, bytes chain, uint256 hops) view returns()
func (spv *Spv) PackRefute(blockHash [32]byte, height uint32, chain []byte, hops *big.Int) []byte {
	enc, err := spv.abi.Pack("refute", blockHash, height, chain, hops)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRefute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xef2de4ed.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function refute(bytes32 blockHash, uint32 height, bytes chain, uint256 hops) view returns()
func (spv *Spv) TryPackRefute(blockHash [32]byte, height uint32, chain []byte, hops *big.Int) ([]byte, error) {
	return spv.abi.Pack("refute", blockHash, height, chain, hops)
}

// PackRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb59589d1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function relay() view returns(address)
func (spv *Spv) PackRelay() []byte {
	enc, err := spv.abi.Pack("relay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb59589d1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function relay() view returns(address)
func (spv *Spv) TryPackRelay() ([]byte, error) {
	return spv.abi.Pack("relay")
}

// UnpackRelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb59589d1.
//
// Solidity: function relay() view returns(address)
func (spv *Spv) UnpackRelay(data []byte) (common.Address, error) {
	out, err := spv.abi.Unpack("relay", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackRequired is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d7fcbf6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function required(uint256 value, uint256 height) view returns(uint256)
func (spv *Spv) PackRequired(value *big.Int, height *big.Int) []byte {
	enc, err := spv.abi.Pack("required", value, height)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRequired is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d7fcbf6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function required(uint256 value, uint256 height) view returns(uint256)
func (spv *Spv) TryPackRequired(value *big.Int, height *big.Int) ([]byte, error) {
	return spv.abi.Pack("required", value, height)
}

// UnpackRequired is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6d7fcbf6.
//
// Solidity: function required(uint256 value, uint256 height) view returns(uint256)
func (spv *Spv) UnpackRequired(data []byte) (*big.Int, error) {
	out, err := spv.abi.Unpack("required", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackSpend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f8afc1f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function spend((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32 txid, uint256 vout, bytes32 script, uint256 worth, bytes32 payee) returns((bytes32,bytes32,uint32,uint32) inc, uint256 paid)
func (spv *Spv) PackSpend(p Proof, txid [32]byte, vout *big.Int, script [32]byte, worth *big.Int, payee [32]byte) []byte {
	enc, err := spv.abi.Pack("spend", p, txid, vout, script, worth, payee)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSpend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f8afc1f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function spend((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32 txid, uint256 vout, bytes32 script, uint256 worth, bytes32 payee) returns((bytes32,bytes32,uint32,uint32) inc, uint256 paid)
func (spv *Spv) TryPackSpend(p Proof, txid [32]byte, vout *big.Int, script [32]byte, worth *big.Int, payee [32]byte) ([]byte, error) {
	return spv.abi.Pack("spend", p, txid, vout, script, worth, payee)
}

// SpendOutput serves as a container for the return parameters of contract
// method Spend.
type SpendOutput struct {
	Inc  Inclusion
	Paid *big.Int
}

// UnpackSpend is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6f8afc1f.
//
// Solidity: function spend((bytes,uint256,bytes,bytes32[],uint256,bytes32,bytes32[]) p, bytes32 txid, uint256 vout, bytes32 script, uint256 worth, bytes32 payee) returns((bytes32,bytes32,uint32,uint32) inc, uint256 paid)
func (spv *Spv) UnpackSpend(data []byte) (SpendOutput, error) {
	out, err := spv.abi.Unpack("spend", data)
	outstruct := new(SpendOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Inc = *abi.ConvertType(out[0], new(Inclusion)).(*Inclusion)
	outstruct.Paid = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackSubsidy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b14687e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function subsidy(uint256 height) view returns(uint256)
func (spv *Spv) PackSubsidy(height *big.Int) []byte {
	enc, err := spv.abi.Pack("subsidy", height)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubsidy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b14687e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function subsidy(uint256 height) view returns(uint256)
func (spv *Spv) TryPackSubsidy(height *big.Int) ([]byte, error) {
	return spv.abi.Pack("subsidy", height)
}

// UnpackSubsidy is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b14687e.
//
// Solidity: function subsidy(uint256 height) view returns(uint256)
func (spv *Spv) UnpackSubsidy(data []byte) (*big.Int, error) {
	out, err := spv.abi.Unpack("subsidy", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (spv *Spv) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], spv.abi.Errors["BadBatch"].ID.Bytes()[:4]) {
		return spv.UnpackBadBatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["BadConfig"].ID.Bytes()[:4]) {
		return spv.UnpackBadConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["BadLength"].ID.Bytes()[:4]) {
		return spv.UnpackBadLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["BadMerkle"].ID.Bytes()[:4]) {
		return spv.UnpackBadMerkleError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["BadRecord"].ID.Bytes()[:4]) {
		return spv.UnpackBadRecordError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["DepthMismatch"].ID.Bytes()[:4]) {
		return spv.UnpackDepthMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["NonMinimal"].ID.Bytes()[:4]) {
		return spv.UnpackNonMinimalError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["NotASpend"].ID.Bytes()[:4]) {
		return spv.UnpackNotASpendError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["OutOfRange"].ID.Bytes()[:4]) {
		return spv.UnpackOutOfRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["Size64"].ID.Bytes()[:4]) {
		return spv.UnpackSize64Error(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["TooShallow"].ID.Bytes()[:4]) {
		return spv.UnpackTooShallowError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["Trailing"].ID.Bytes()[:4]) {
		return spv.UnpackTrailingError(raw[4:])
	}
	if bytes.Equal(raw[:4], spv.abi.Errors["WitnessForm"].ID.Bytes()[:4]) {
		return spv.UnpackWitnessFormError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// SpvBadBatch represents a BadBatch error raised by the Spv contract.
type SpvBadBatch struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadBatch()
func SpvBadBatchErrorID() common.Hash {
	return common.HexToHash("0x86bdc25c99648598923bb853ace35b4957af66811405e311820e81be4c44dd00")
}

// UnpackBadBatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadBatch()
func (spv *Spv) UnpackBadBatchError(raw []byte) (*SpvBadBatch, error) {
	out := new(SpvBadBatch)
	if err := spv.abi.UnpackIntoInterface(out, "BadBatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvBadConfig represents a BadConfig error raised by the Spv contract.
type SpvBadConfig struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadConfig()
func SpvBadConfigErrorID() common.Hash {
	return common.HexToHash("0x07cc321ce71a3eebb30014b3b8f136f5e867b17e2b76292bf086143aa7c7b50c")
}

// UnpackBadConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadConfig()
func (spv *Spv) UnpackBadConfigError(raw []byte) (*SpvBadConfig, error) {
	out := new(SpvBadConfig)
	if err := spv.abi.UnpackIntoInterface(out, "BadConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvBadLength represents a BadLength error raised by the Spv contract.
type SpvBadLength struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadLength()
func SpvBadLengthErrorID() common.Hash {
	return common.HexToHash("0x5aed9cffb2924f3600794abbbf4f1b8e28b5057f1d71da9a1fd2d3a6d6b7aa32")
}

// UnpackBadLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadLength()
func (spv *Spv) UnpackBadLengthError(raw []byte) (*SpvBadLength, error) {
	out := new(SpvBadLength)
	if err := spv.abi.UnpackIntoInterface(out, "BadLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvBadMerkle represents a BadMerkle error raised by the Spv contract.
type SpvBadMerkle struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadMerkle()
func SpvBadMerkleErrorID() common.Hash {
	return common.HexToHash("0xa56e89c6fb335f8865254e6cf58ebd92dbbc48d71c06ed195f895a19e879cfcc")
}

// UnpackBadMerkleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadMerkle()
func (spv *Spv) UnpackBadMerkleError(raw []byte) (*SpvBadMerkle, error) {
	out := new(SpvBadMerkle)
	if err := spv.abi.UnpackIntoInterface(out, "BadMerkle", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvBadRecord represents a BadRecord error raised by the Spv contract.
type SpvBadRecord struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadRecord()
func SpvBadRecordErrorID() common.Hash {
	return common.HexToHash("0x00defe30828302811f6eeddfd75fd8f5ed29951d8aa981806467efb113622872")
}

// UnpackBadRecordError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadRecord()
func (spv *Spv) UnpackBadRecordError(raw []byte) (*SpvBadRecord, error) {
	out := new(SpvBadRecord)
	if err := spv.abi.UnpackIntoInterface(out, "BadRecord", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvDepthMismatch represents a DepthMismatch error raised by the Spv contract.
type SpvDepthMismatch struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DepthMismatch()
func SpvDepthMismatchErrorID() common.Hash {
	return common.HexToHash("0x2d017a4e767b6b65b0dd7050f0c1b770b5e3e9761d7c0889457b62ee7c658edf")
}

// UnpackDepthMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DepthMismatch()
func (spv *Spv) UnpackDepthMismatchError(raw []byte) (*SpvDepthMismatch, error) {
	out := new(SpvDepthMismatch)
	if err := spv.abi.UnpackIntoInterface(out, "DepthMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvNonMinimal represents a NonMinimal error raised by the Spv contract.
type SpvNonMinimal struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NonMinimal()
func SpvNonMinimalErrorID() common.Hash {
	return common.HexToHash("0x65512ceef06b574ade0ec417df8cf6b4e0bd31e9d20f14d8018130fb8f226ba5")
}

// UnpackNonMinimalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NonMinimal()
func (spv *Spv) UnpackNonMinimalError(raw []byte) (*SpvNonMinimal, error) {
	out := new(SpvNonMinimal)
	if err := spv.abi.UnpackIntoInterface(out, "NonMinimal", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvNotASpend represents a NotASpend error raised by the Spv contract.
type SpvNotASpend struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotASpend()
func SpvNotASpendErrorID() common.Hash {
	return common.HexToHash("0x4fed0a9042a797603f5641d0d73241997ff07239c2d1af2d7f5e39431302f528")
}

// UnpackNotASpendError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotASpend()
func (spv *Spv) UnpackNotASpendError(raw []byte) (*SpvNotASpend, error) {
	out := new(SpvNotASpend)
	if err := spv.abi.UnpackIntoInterface(out, "NotASpend", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvOutOfRange represents a OutOfRange error raised by the Spv contract.
type SpvOutOfRange struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OutOfRange()
func SpvOutOfRangeErrorID() common.Hash {
	return common.HexToHash("0x7db3aba74925744d55b0459eb7cf6b7b3f178ecf9d25dee6ee9c28dac8525f7f")
}

// UnpackOutOfRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OutOfRange()
func (spv *Spv) UnpackOutOfRangeError(raw []byte) (*SpvOutOfRange, error) {
	out := new(SpvOutOfRange)
	if err := spv.abi.UnpackIntoInterface(out, "OutOfRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvSize64 represents a Size64 error raised by the Spv contract.
type SpvSize64 struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Size64()
func SpvSize64ErrorID() common.Hash {
	return common.HexToHash("0xe08ee0d0a153e0b31da4038d16bb5b1bbd64bfe08287da5aa90015fea2a8fea6")
}

// UnpackSize64Error is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Size64()
func (spv *Spv) UnpackSize64Error(raw []byte) (*SpvSize64, error) {
	out := new(SpvSize64)
	if err := spv.abi.UnpackIntoInterface(out, "Size64", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvTooShallow represents a TooShallow error raised by the Spv contract.
type SpvTooShallow struct {
	Need *big.Int
	Have *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooShallow(uint256 need, uint256 have)
func SpvTooShallowErrorID() common.Hash {
	return common.HexToHash("0x53434d9fa8c82ec0856acf4250e0de4c209bfbebbf7235f9288735b02cd613f9")
}

// UnpackTooShallowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooShallow(uint256 need, uint256 have)
func (spv *Spv) UnpackTooShallowError(raw []byte) (*SpvTooShallow, error) {
	out := new(SpvTooShallow)
	if err := spv.abi.UnpackIntoInterface(out, "TooShallow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvTrailing represents a Trailing error raised by the Spv contract.
type SpvTrailing struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Trailing()
func SpvTrailingErrorID() common.Hash {
	return common.HexToHash("0x9a1c47cde4ca2952292a5a21addc36c2587c895b6340d404b00e855cb2f7ca44")
}

// UnpackTrailingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Trailing()
func (spv *Spv) UnpackTrailingError(raw []byte) (*SpvTrailing, error) {
	out := new(SpvTrailing)
	if err := spv.abi.UnpackIntoInterface(out, "Trailing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SpvWitnessForm represents a WitnessForm error raised by the Spv contract.
type SpvWitnessForm struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WitnessForm()
func SpvWitnessFormErrorID() common.Hash {
	return common.HexToHash("0x094e22c8ae5b841b426ec889d71101f93220ccb45e06e57e35a7dfba3609d2df")
}

// UnpackWitnessFormError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WitnessForm()
func (spv *Spv) UnpackWitnessFormError(raw []byte) (*SpvWitnessForm, error) {
	out := new(SpvWitnessForm)
	if err := spv.abi.UnpackIntoInterface(out, "WitnessForm", raw); err != nil {
		return nil, err
	}
	return out, nil
}
