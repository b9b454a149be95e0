// ioctl commands of Video4Linux: include/uapi/linux/videodev2.h.

package syscalls

import "fmt"

func ioctlVideo() ioctlTable {
	return ioctlTable{
		0x80685600: v4Capability.out(),                                                                                                        // VIDIOC_QUERYCAP
		0xc0405602: v4FmtDesc.inout("index type", "flags description pixelformat"),                                                            // VIDIOC_ENUM_FMT
		0xc0d05604: v4Format.inout("type", "fmt"),                                                                                             // VIDIOC_G_FMT
		0xc0d05605: v4Format.becomes("type fmt", "fmt"),                                                                                       // VIDIOC_S_FMT
		0xc0d05640: v4Format.becomes("type fmt", "fmt"),                                                                                       // VIDIOC_TRY_FMT
		0xc0145608: v4Request.updates("type memory count", "count"),                                                                           // VIDIOC_REQBUFS
		0xc0585609: v4Buffer.inout("type index", v4BufferRest),                                                                                // VIDIOC_QUERYBUF
		0xc058560f: v4Buffer.inout("type index", v4BufferRest),                                                                                // VIDIOC_QBUF
		0xc0585611: v4Buffer.inout("type", "index "+v4BufferTimed),                                                                            // VIDIOC_DQBUF
		0x8030560a: v4Frame.out(),                                                                                                             // VIDIOC_G_FBUF
		0x4030560b: v4Frame.in(),                                                                                                              // VIDIOC_S_FBUF
		0x40045612: boxed(4, fEnum(&tV4Type)),                                                                                                 // VIDIOC_STREAMON
		0x40045613: boxed(4, fEnum(&tV4Type)),                                                                                                 // VIDIOC_STREAMOFF
		0xc0cc5615: v4Parm.inout("type", "parm"),                                                                                              // VIDIOC_G_PARM
		0xc0cc5616: v4Parm.becomes("type parm", "parm"),                                                                                       // VIDIOC_S_PARM
		0x80085617: out(boxed(8, fHex)),                                                                                                       // VIDIOC_G_STD
		0x40085618: boxed(8, fHex),                                                                                                            // VIDIOC_S_STD
		0xc0485619: v4Standard.inout("index", "name frameperiod framelines"),                                                                  // VIDIOC_ENUMSTD
		0xc050561a: v4Input.inout("index", "name type"),                                                                                       // VIDIOC_ENUMINPUT
		0xc008561b: v4Control.inout("id", "value"),                                                                                            // VIDIOC_G_CTRL
		0xc008561c: v4Control.updates("id value", "value"),                                                                                    // VIDIOC_S_CTRL
		0xc054561d: v4Tuner.inout("index", v4TunerRest),                                                                                       // VIDIOC_G_TUNER
		0x4054561e: v4Tuner.becomes("index "+v4TunerRest, v4TunerRest),                                                                        // VIDIOC_S_TUNER
		0xc0445624: v4QueryCtrl.inout("id", "type name ... minimum maximum step default_value flags reserved"),                                // VIDIOC_QUERYCTRL
		0x80045626: out(uintPtr),                                                                                                              // VIDIOC_G_INPUT
		0xc0045627: uintPtr,                                                                                                                   // VIDIOC_S_INPUT
		0xc02c563a: v4CropCap.inout("type", "bounds defrect pixelaspect"),                                                                     // VIDIOC_CROPCAP
		0xc014563b: v4Crop.inout("type", "c"),                                                                                                 // VIDIOC_G_CROP
		0x4014563c: v4Crop.in(),                                                                                                               // VIDIOC_S_CROP
		0xc0205647: v4GetControls,                                                                                                             // VIDIOC_G_EXT_CTRLS
		0xc0205648: v4SetControls,                                                                                                             // VIDIOC_S_EXT_CTRLS
		0xc0205649: v4SetControls,                                                                                                             // VIDIOC_TRY_EXT_CTRLS
		0xc02c564a: v4FrameSize.inout("index pixel_format", "type size"),                                                                      // VIDIOC_ENUM_FRAMESIZES
		0xc034564b: v4FrameRate.inout("index pixel_format width height", "type interval"),                                                     // VIDIOC_ENUM_FRAMEINTERVALS
		0xc100565c: v4CreateBuffers,                                                                                                           // VIDIOC_CREATE_BUFS
		0xc0e85667: v4QueryExt.inout("id", "type name ... minimum maximum step default_value flags elem_size elems nr_of_dims dims reserved"), // VIDIOC_QUERY_EXT_CTRL
	}
}

const (
	v4BufferRest  = "memory m length bytesused flags dots"
	v4BufferTimed = "memory m length bytesused flags timestamp dots"
	v4TunerRest   = "name type capability rangelow rangehigh rxsubchans audmode signal afc"
)

var (
	v4Capability = newRecord(text("driver", 16), text("card", 32), text("bus_info", 32), natural("version", 4, fKernelVersion), flags32("capabilities", &tV4Cap),
		flags32("device_caps", &tV4Cap).ifSet(), pad(12))
	v4FmtDesc  = newRecord(u32le("index"), enum32("type", &tV4Type), flags32("flags", &tV4FmtFlag), text("description", 32), fourcc("pixelformat", &tV4Pix), pad(16))
	v4Request  = newRecord(u32le("count"), enum32("type", &tV4Type), enum32("memory", &tV4Memory), pad(8))
	v4Rect     = newRecord(i32("left"), i32("top"), u32le("width"), u32le("height"))
	v4Crop     = newRecord(enum32("type", &tV4Type), sub("c", v4Rect))
	v4CropCap  = newRecord(enum32("type", &tV4Type), sub("bounds", v4Rect), sub("defrect", v4Rect), fraction("pixelaspect"))
	v4Frame    = newRecord(h32("capability"), h32("flags"), pointer("base"), pad(32))
	v4Standard = newRecord(u32le("index"), u64le("id"), text("name", 24), fraction("frameperiod"), u32le("framelines"), pad(16))
	v4Input    = newRecord(u32le("index"), text("name", 32), enum32("type", &tV4Input), u32le("audioset"), u32le("tuner"), u64le("std"), u32le("status"), u32le("capabilities"), pad(12))
	v4Control  = newRecord(natural("id", 4, (*Call).v4ControlID), i32("value"))
	v4Tuner    = newRecord(u32le("index"), text("name", 32), enum32("type", &tV4Tuner), flags32("capability", &tV4TunerCap), u32le("rangelow"), u32le("rangehigh"),
		flags32("rxsubchans", &tV4TunerSub), enum32("audmode", &tV4TunerMode), i32("signal"), i32("afc"), pad(16))
	v4QueryCtrl = newRecord(natural("id", 4, fControl), enum32("type", &tV4CtrlType), text("name", 32), i32("minimum"), i32("maximum"), i32("step"), i32("default_value"),
		flags32("flags", &tV4CtrlFlag), array(2, h32("reserved")).ifSet())
	v4QueryExt = newRecord(natural("id", 4, fControl), enum32("type", &tV4CtrlType), text("name", 32), i64("minimum"), i64("maximum"), u64le("step"), i64("default_value"),
		flags32("flags", &tV4CtrlFlag), u32le("elem_size"), u32le("elems"), u32le("nr_of_dims"), counted("nr_of_dims", 4, u32le("dims")), array(32, h32("reserved")).ifSet())

	v4FrameSize = newRecord(u32le("index"), fourcc("pixel_format", &tV4Pix), enum32("type", &tV4SizeType), union("type", 24, 4,
		variant{1, "discrete", newRecord(u32le("width"), u32le("height"))},
		variant{3, "stepwise", newRecord(u32le("min_width"), u32le("max_width"), u32le("step_width"), u32le("min_height"), u32le("max_height"), u32le("step_height"))}).named("size"), pad(8))
	v4Steps     = newRecord(fraction("min"), fraction("max"), fraction("step"))
	v4FrameRate = newRecord(u32le("index"), fourcc("pixel_format", &tV4Pix), u32le("width"), u32le("height"), enum32("type", &tV4RateType), union("type", 24, 4,
		variant{1, "", newRecord(fraction("discrete"))}, variant{2, "stepwise", v4Steps}, variant{3, "stepwise", v4Steps}).named("interval"), pad(8))

	v4Capture = newRecord(flags32("capability", &tV4ParmCap), flags32("capturemode", &tV4Mode), fraction("timeperframe"), h32("extendedmode"), u32le("readbuffers"))
	v4Output  = newRecord(flags32("capability", &tV4ParmCap), flags32("outputmode", &tV4Mode), fraction("timeperframe"), h32("extendedmode"), u32le("writebuffers"))
	v4Parm    = newRecord(enum32("type", &tV4Type), union("type", 200, 4, variant{1, "parm.capture", v4Capture}, variant{2, "parm.output", v4Output}).named("parm"))

	v4Buffer   = v4BufferAt(i64("tv_sec"), u64le("tv_usec"))
	v4Buffer32 = v4BufferAt(i32("tv_sec"), u32le("tv_usec")) // of i386 programs whose time has 32 bits
)

// v4BufferAt is a buffer whose time has the members given.
func v4BufferAt(time ...field) *record {
	return newRecord(u32le("index"), enum32("type", &tV4Type), u32le("bytesused"), natural("flags", 4, fBufferFlags), u32le("field"), sub("timestamp", newRecord(time...)), pad(16),
		u32le("sequence"), enum32("memory", &tV4Memory), union("memory", 8, 8, variant{1, "", newRecord(h32("m.offset"))}, variant{2, "", newRecord(word("m.userptr", fHex))}).named("m"),
		u32le("length"), pad(8)).and(derived{name: "dots"})
}

// Formats: what the type of a buffer says.
var (
	v4Pix    = newRecord(u32le("width"), u32le("height"), fourcc("pixelformat", &tV4Pix), enum32("field", &tV4Field), u32le("bytesperline"), u32le("sizeimage"), enum32("colorspace", &tV4Color))
	v4Planes = newRecord(u32le("width"), u32le("height"), fourcc("pixelformat", &tV4Pix), enum32("field", &tV4Field), enum32("colorspace", &tV4Color),
		counted("num_planes", 8, sub("plane_fmt", newRecord(u32le("sizeimage"), u32le("bytesperline"), pad(12)))), u8("num_planes"))
	v4Window = newRecord(sub("w", v4Rect), enum32("field", &tV4Field), h32("chromakey"), far("clips", "clipcount", newRecord(sub("c", v4Rect), pointer("next")).pick("c")), u32le("clipcount"),
		pointer("bitmap"), h8("global_alpha").ifSet())
	v4Vbi    = newRecord(u32le("sampling_rate"), u32le("offset"), u32le("samples_per_line"), fourcc("sample_format", &tV4Pix), array(2, i32("start")), array(2, u32le("count")), flags32("flags", &tV4Vbi))
	v4Sliced = newRecord(natural("service_set", 2, fFlags(&tV4Sliced)), array(2, tuple(24, h16("service_lines"))), u32le("io_size"))
	v4Sdr    = newRecord(fourcc("pixelformat", &tV4Sdr), u32le("buffersize").ifSet())
	v4Meta   = newRecord(fourcc("dataformat", &tV4Meta), u32le("buffersize"))
	v4Format = newRecord(enum32("type", &tV4Type), union("type", 200, 8,
		variant{1, "fmt.pix", v4Pix}, variant{2, "fmt.pix", v4Pix}, variant{3, "fmt.win", v4Window}, variant{4, "fmt.vbi", v4Vbi}, variant{5, "fmt.vbi", v4Vbi},
		variant{6, "fmt.sliced", v4Sliced}, variant{7, "fmt.sliced", v4Sliced}, variant{8, "fmt.win", v4Window}, variant{9, "fmt.pix_mp", v4Planes}, variant{10, "fmt.pix_mp", v4Planes},
		variant{11, "fmt.sdr", v4Sdr}, variant{12, "fmt.sdr", v4Sdr}, variant{13, "fmt.meta", v4Meta}, variant{14, "fmt.meta", v4Meta}).named("fmt"))
)

// v4CreateBuffers says behind the result which buffers have been made.
var (
	v4Create        = newRecord(u32le("index"), u32le("count"), enum32("memory", &tV4Memory), sub("format", v4Format), pad(32))
	v4CreateBuffers = phased(v4Create.pick("count memory format").whole, func(c *Call, v uint64) {
		p, ok := v4Create.load(c, v)
		if ok && !c.failed {
			c.withAux(func(c *Call) { v4Create.pick("index count").body(c, p) })
		}
	})
)

// Controls: numbers of 4 or 8 bytes in one place, or what is elsewhere.
var (
	v4ExtControls = newRecord(enum32("ctrl_class", &tV4Class), u32le("count"), u32le("error_idx"), pad(8), pointer("ptr")).and(derived{"controls", v4Controls})
)

// Which control was wrong is shown when the call has failed.
var (
	v4GetControls = phased(func(c *Call, v uint64) bool {
		p, ok := v4ExtControls.load(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		c.byte('{')
		v4ExtControls.pick("ctrl_class count").some(c, p, true)
		if v4ExtControls.get(c, p, "count") == 0 {
			c.byte('}')
			return false
		}
		return true
	}, func(c *Call, v uint64) {
		if p, ok := v4ExtControls.load(c, v); ok {
			v4After(c).some(c, p, false)
		}
		c.byte('}')
	})
	v4SetControls = phased(func(c *Call, v uint64) bool {
		p, ok := v4ExtControls.load(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		if v4ExtControls.get(c, p, "count") == 0 {
			v4ExtControls.pick("ctrl_class count").body(c, p)
			return false
		}
		return v4ExtControls.pick("ctrl_class count controls").complete(c, v)
	}, func(c *Call, v uint64) {
		if p, ok := v4ExtControls.load(c, v); ok {
			c.str(" => ")
			v4After(c).body(c, p)
		}
	})
)

func v4After(c *Call) *record {
	if c.failed {
		return v4ExtControls.pick("controls error_idx")
	}
	return v4ExtControls.pick("controls")
}

func v4Controls(c *Call, r *record, p []byte) {
	size := 20
	c.list(r.get(c, p, "ptr"), r.get(c, p, "count"), size, func(c *Call, p []byte) {
		c.field(true, "id")
		c.v4ControlID(uint64(u32(p)))
		c.field(false, "size")
		n := u32(p[4:])
		c.udec(uint64(n))
		if n != 0 {
			c.field(false, "string")
			c.buffer(c.word(p[12:]), uint64(n))
		} else {
			c.field(false, "value")
			fInt(c, uint64(u32(p[12:])))
			c.field(false, "value64")
			fInt64(c, u64(p[12:]))
		}
		c.byte('}')
	})
}

// fraction is two numbers: 1/30.
func fraction(name string) field {
	f := octets(name, 8)
	f.aligns = [layouts]int{4, 4, 4}
	f.raw = func(c *Call, p []byte) {
		c.udec(uint64(u32(p)))
		c.byte('/')
		c.udec(uint64(u32(p[4:])))
	}
	return f
}

// fourcc is a format by four letters, with its name behind them.
func fourcc(name string, t *table) field {
	return natural(name, 4, func(c *Call, v uint64) {
		n := t.find(v)
		if c.opts.Style == Numbers {
			c.hex(v)
			return
		}
		letters := func() {
			c.str("v4l2_fourcc(")
			for i := range 4 {
				if i > 0 {
					c.str(", ")
				}
				fByteChar(c, v>>(8*i)&0xff)
			}
			c.byte(')')
		}
		letters()
		if n != "" {
			c.comment(n)
		}
	})
}

// fByteChar is a byte as a character, in hex where it is not to be seen.
func fByteChar(c *Call, v uint64) {
	switch b := byte(v); {
	case b == '\'' || b == '\\' || b >= ' ' && b <= '~':
		fCharacter(c, v)
	default:
		c.b = append(c.b, '\'', '\\', 'x', hexDigits[b>>4], hexDigits[b&15], '\'')
	}
}

func fKernelVersion(c *Call, v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		c.str("KERNEL_VERSION(")
		c.udec(v >> 16)
		c.str(", ")
		c.udec(v >> 8 & 0xff)
		c.str(", ")
		c.udec(v & 0xff)
		c.byte(')')
	})
}

// fControl is the number of a control, to which flags may have been added.
func fControl(c *Call, v uint64) {
	const next = 0xc0000000
	if v&next != 0 && c.opts.Style != Numbers {
		c.flags(&tV4Next, v&next)
		if v&^next == 0 {
			return
		}
		c.byte('|')
	}
	if c.opts.Style != Numbers {
		v &^= next
	}
	c.v4ControlID(v)
}

var tV4Next = table{"", []name{{0x80000000, "V4L2_CTRL_FLAG_NEXT_CTRL"}, {0x40000000, "V4L2_CTRL_FLAG_NEXT_COMPOUND"}}}

// fBufferFlags are flags, of which some bits are numbers.
func fBufferFlags(c *Call, v uint64) {
	const stamp, source = 0xe000, 0x70000
	if c.opts.Style == Numbers {
		c.hex(v)
		return
	}
	if v&^(stamp|source) != 0 {
		c.flags(&tV4BufFlag, v&^(stamp|source))
		c.byte('|')
	}
	c.enum(&tV4Stamp, v&stamp)
	c.byte('|')
	c.enum(&tV4Source, v&source)
}

var tV4Stamp = table{"V4L2_BUF_FLAG_TIMESTAMP_???", []name{{0, "V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN"}, {0x2000, "V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC"}, {0x4000, "V4L2_BUF_FLAG_TIMESTAMP_COPY"}}}
var tV4Source = table{"V4L2_BUF_FLAG_TSTAMP_SRC_???", []name{{0, "V4L2_BUF_FLAG_TSTAMP_SRC_EOF"}, {0x10000, "V4L2_BUF_FLAG_TSTAMP_SRC_SOE"}}}

var tV4Type = table{"V4L2_BUF_TYPE_???", []name{{1, "V4L2_BUF_TYPE_VIDEO_CAPTURE"}, {2, "V4L2_BUF_TYPE_VIDEO_OUTPUT"}, {3, "V4L2_BUF_TYPE_VIDEO_OVERLAY"},
	{4, "V4L2_BUF_TYPE_VBI_CAPTURE"}, {5, "V4L2_BUF_TYPE_VBI_OUTPUT"}, {6, "V4L2_BUF_TYPE_SLICED_VBI_CAPTURE"}, {7, "V4L2_BUF_TYPE_SLICED_VBI_OUTPUT"},
	{8, "V4L2_BUF_TYPE_VIDEO_OUTPUT_OVERLAY"}, {9, "V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE"}, {0xa, "V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE"},
	{0xb, "V4L2_BUF_TYPE_SDR_CAPTURE"}, {0xc, "V4L2_BUF_TYPE_SDR_OUTPUT"}, {0xd, "V4L2_BUF_TYPE_META_CAPTURE"}, {0xe, "V4L2_BUF_TYPE_META_OUTPUT"}}}

var tV4Memory = table{"V4L2_MEMORY_???", []name{{1, "V4L2_MEMORY_MMAP"}, {2, "V4L2_MEMORY_USERPTR"}, {3, "V4L2_MEMORY_OVERLAY"},
	{4, "V4L2_MEMORY_DMABUF"}}}

var tV4Cap = table{"V4L2_CAP_???", []name{{1, "V4L2_CAP_VIDEO_CAPTURE"}, {2, "V4L2_CAP_VIDEO_OUTPUT"}, {4, "V4L2_CAP_VIDEO_OVERLAY"},
	{0x10, "V4L2_CAP_VBI_CAPTURE"}, {0x20, "V4L2_CAP_VBI_OUTPUT"}, {0x40, "V4L2_CAP_SLICED_VBI_CAPTURE"}, {0x80, "V4L2_CAP_SLICED_VBI_OUTPUT"},
	{0x100, "V4L2_CAP_RDS_CAPTURE"}, {0x200, "V4L2_CAP_VIDEO_OUTPUT_OVERLAY"}, {0x400, "V4L2_CAP_HW_FREQ_SEEK"}, {0x800, "V4L2_CAP_RDS_OUTPUT"},
	{0x1000, "V4L2_CAP_VIDEO_CAPTURE_MPLANE"}, {0x2000, "V4L2_CAP_VIDEO_OUTPUT_MPLANE"}, {0x4000, "V4L2_CAP_VIDEO_M2M_MPLANE"},
	{0x8000, "V4L2_CAP_VIDEO_M2M"}, {0x10000, "V4L2_CAP_TUNER"}, {0x20000, "V4L2_CAP_AUDIO"}, {0x40000, "V4L2_CAP_RADIO"},
	{0x80000, "V4L2_CAP_MODULATOR"}, {0x100000, "V4L2_CAP_SDR_CAPTURE"}, {0x200000, "V4L2_CAP_EXT_PIX_FORMAT"}, {0x400000, "V4L2_CAP_SDR_OUTPUT"},
	{0x800000, "V4L2_CAP_META_CAPTURE"}, {0x1000000, "V4L2_CAP_READWRITE"}, {0x2000000, "V4L2_CAP_ASYNCIO"}, {0x4000000, "V4L2_CAP_STREAMING"}, {0x8000000, "V4L2_CAP_META_OUTPUT"},
	{0x10000000, "V4L2_CAP_TOUCH"}, {0x80000000, "V4L2_CAP_DEVICE_CAPS"}}}

var tV4ParmCap = table{"V4L2_CAP_???", []name{{0x1000, "V4L2_CAP_TIMEPERFRAME"}}}

var tV4Mode = table{"V4L2_MODE_???", []name{{1, "V4L2_MODE_HIGHQUALITY"}}}

var tV4FmtFlag = table{"V4L2_FMT_FLAG_???", []name{{1, "V4L2_FMT_FLAG_COMPRESSED"}, {2, "V4L2_FMT_FLAG_EMULATED"},
	{4, "V4L2_FMT_FLAG_CONTINUOUS_BYTESTREAM"}, {8, "V4L2_FMT_FLAG_DYN_RESOLUTION"}, {0x10, "V4L2_FMT_FLAG_ENC_CAP_FRAME_INTERVAL"},
	{0x20, "V4L2_FMT_FLAG_CSC_COLORSPACE"}, {0x40, "V4L2_FMT_FLAG_CSC_XFER_FUNC"}, {0x80, "V4L2_FMT_FLAG_CSC_YCBCR_ENC"},
	{0x100, "V4L2_FMT_FLAG_CSC_QUANTIZATION"}}}

var tV4Field = table{"V4L2_FIELD_???", []name{{0, "V4L2_FIELD_ANY"}, {1, "V4L2_FIELD_NONE"}, {2, "V4L2_FIELD_TOP"}, {3, "V4L2_FIELD_BOTTOM"},
	{4, "V4L2_FIELD_INTERLACED"}, {5, "V4L2_FIELD_SEQ_TB"}, {6, "V4L2_FIELD_SEQ_BT"}, {7, "V4L2_FIELD_ALTERNATE"}, {8, "V4L2_FIELD_INTERLACED_TB"},
	{9, "V4L2_FIELD_INTERLACED_BT"}}}

var tV4Color = table{"V4L2_COLORSPACE_???", []name{{0, "V4L2_COLORSPACE_DEFAULT"}, {1, "V4L2_COLORSPACE_SMPTE170M"}, {2, "V4L2_COLORSPACE_SMPTE240M"},
	{3, "V4L2_COLORSPACE_REC709"}, {4, "V4L2_COLORSPACE_BT878"}, {5, "V4L2_COLORSPACE_470_SYSTEM_M"}, {6, "V4L2_COLORSPACE_470_SYSTEM_BG"},
	{7, "V4L2_COLORSPACE_JPEG"}, {8, "V4L2_COLORSPACE_SRGB"}, {9, "V4L2_COLORSPACE_OPRGB"}, {0xa, "V4L2_COLORSPACE_BT2020"},
	{0xb, "V4L2_COLORSPACE_RAW"}, {0xc, "V4L2_COLORSPACE_DCI_P3"}}}

var tV4Vbi = table{"V4L2_VBI_???", []name{{1, "V4L2_VBI_UNSYNC"}, {2, "V4L2_VBI_INTERLACED"}}}

var tV4Sliced = table{"V4L2_SLICED_???", []name{{0x4401, "V4L2_SLICED_VBI_625"}, {1, "V4L2_SLICED_TELETEXT_B"}, {0x400, "V4L2_SLICED_VPS"}, {0x1000, "V4L2_SLICED_CAPTION_525"},
	{0x4000, "V4L2_SLICED_WSS_625"}}}

var tV4Input = table{"V4L2_INPUT_TYPE_???", []name{{1, "V4L2_INPUT_TYPE_TUNER"}, {2, "V4L2_INPUT_TYPE_CAMERA"}, {3, "V4L2_INPUT_TYPE_TOUCH"}}}

var tV4Tuner = table{"V4L2_TUNER_???", []name{{1, "V4L2_TUNER_RADIO"}, {2, "V4L2_TUNER_ANALOG_TV"}, {3, "V4L2_TUNER_DIGITAL_TV"}, {4, "V4L2_TUNER_SDR"},
	{5, "V4L2_TUNER_RF"}}}

var tV4TunerCap = table{"V4L2_TUNER_CAP_???", []name{{1, "V4L2_TUNER_CAP_LOW"}, {2, "V4L2_TUNER_CAP_NORM"}, {4, "V4L2_TUNER_CAP_HWSEEK_BOUNDED"},
	{8, "V4L2_TUNER_CAP_HWSEEK_WRAP"}, {0x10, "V4L2_TUNER_CAP_STEREO"}, {0x20, "V4L2_TUNER_CAP_LANG2"}, {0x40, "V4L2_TUNER_CAP_LANG1"},
	{0x80, "V4L2_TUNER_CAP_RDS"}, {0x100, "V4L2_TUNER_CAP_RDS_BLOCK_IO"}, {0x200, "V4L2_TUNER_CAP_RDS_CONTROLS"}, {0x400, "V4L2_TUNER_CAP_FREQ_BANDS"},
	{0x800, "V4L2_TUNER_CAP_HWSEEK_PROG_LIM"}, {0x1000, "V4L2_TUNER_CAP_1HZ"}}}

var tV4TunerSub = table{"V4L2_TUNER_SUB_???", []name{{1, "V4L2_TUNER_SUB_MONO"}, {2, "V4L2_TUNER_SUB_STEREO"}, {4, "V4L2_TUNER_SUB_LANG2"},
	{8, "V4L2_TUNER_SUB_LANG1"}, {0x10, "V4L2_TUNER_SUB_RDS"}}}

var tV4TunerMode = table{"V4L2_TUNER_MODE_???", []name{{0, "V4L2_TUNER_MODE_MONO"}, {1, "V4L2_TUNER_MODE_STEREO"}, {2, "V4L2_TUNER_MODE_LANG2"},
	{3, "V4L2_TUNER_MODE_LANG1"}, {4, "V4L2_TUNER_MODE_LANG1_LANG2"}}}

var tV4CtrlType = table{"V4L2_CTRL_TYPE_???", []name{{1, "V4L2_CTRL_TYPE_INTEGER"}, {2, "V4L2_CTRL_TYPE_BOOLEAN"}, {3, "V4L2_CTRL_TYPE_MENU"},
	{4, "V4L2_CTRL_TYPE_BUTTON"}, {5, "V4L2_CTRL_TYPE_INTEGER64"}, {6, "V4L2_CTRL_TYPE_CTRL_CLASS"}, {7, "V4L2_CTRL_TYPE_STRING"},
	{8, "V4L2_CTRL_TYPE_BITMASK"}, {9, "V4L2_CTRL_TYPE_INTEGER_MENU"}, {0x100, "V4L2_CTRL_TYPE_U8"}, {0x101, "V4L2_CTRL_TYPE_U16"},
	{0x102, "V4L2_CTRL_TYPE_U32"}, {0x106, "V4L2_CTRL_TYPE_AREA"}, {0x110, "V4L2_CTRL_TYPE_HDR10_CLL_INFO"},
	{0x111, "V4L2_CTRL_TYPE_HDR10_MASTERING_DISPLAY"}, {0x200, "V4L2_CTRL_TYPE_H264_SPS"}, {0x201, "V4L2_CTRL_TYPE_H264_PPS"},
	{0x202, "V4L2_CTRL_TYPE_H264_SCALING_MATRIX"}, {0x203, "V4L2_CTRL_TYPE_H264_SLICE_PARAMS"}, {0x204, "V4L2_CTRL_TYPE_H264_DECODE_PARAMS"},
	{0x205, "V4L2_CTRL_TYPE_H264_PRED_WEIGHTS"}, {0x220, "V4L2_CTRL_TYPE_FWHT_PARAMS"}, {0x240, "V4L2_CTRL_TYPE_VP8_FRAME"},
	{0x250, "V4L2_CTRL_TYPE_MPEG2_QUANTISATION"}, {0x251, "V4L2_CTRL_TYPE_MPEG2_SEQUENCE"}, {0x252, "V4L2_CTRL_TYPE_MPEG2_PICTURE"},
	{0x260, "V4L2_CTRL_TYPE_VP9_COMPRESSED_HDR"}, {0x261, "V4L2_CTRL_TYPE_VP9_FRAME"}, {0x270, "V4L2_CTRL_TYPE_HEVC_SPS"},
	{0x271, "V4L2_CTRL_TYPE_HEVC_PPS"}, {0x272, "V4L2_CTRL_TYPE_HEVC_SLICE_PARAMS"}, {0x273, "V4L2_CTRL_TYPE_HEVC_SCALING_MATRIX"},
	{0x274, "V4L2_CTRL_TYPE_HEVC_DECODE_PARAMS"}}}

var tV4CtrlFlag = table{"V4L2_CTRL_FLAG_???", []name{{1, "V4L2_CTRL_FLAG_DISABLED"}, {2, "V4L2_CTRL_FLAG_GRABBED"}, {4, "V4L2_CTRL_FLAG_READ_ONLY"},
	{8, "V4L2_CTRL_FLAG_UPDATE"}, {0x10, "V4L2_CTRL_FLAG_INACTIVE"}, {0x20, "V4L2_CTRL_FLAG_SLIDER"}, {0x40, "V4L2_CTRL_FLAG_WRITE_ONLY"},
	{0x80, "V4L2_CTRL_FLAG_VOLATILE"}, {0x100, "V4L2_CTRL_FLAG_HAS_PAYLOAD"}, {0x200, "V4L2_CTRL_FLAG_EXECUTE_ON_WRITE"},
	{0x400, "V4L2_CTRL_FLAG_MODIFY_LAYOUT"}}}

var tV4SizeType = table{"V4L2_FRMSIZE_TYPE_???", []name{{1, "V4L2_FRMSIZE_TYPE_DISCRETE"}, {2, "V4L2_FRMSIZE_TYPE_CONTINUOUS"},
	{3, "V4L2_FRMSIZE_TYPE_STEPWISE"}}}

var tV4RateType = table{"V4L2_FRMIVAL_TYPE_???", []name{{1, "V4L2_FRMIVAL_TYPE_DISCRETE"}, {2, "V4L2_FRMIVAL_TYPE_CONTINUOUS"},
	{3, "V4L2_FRMIVAL_TYPE_STEPWISE"}}}

var tV4BufFlag = table{"V4L2_BUF_FLAG_???", []name{{1, "V4L2_BUF_FLAG_MAPPED"}, {2, "V4L2_BUF_FLAG_QUEUED"}, {4, "V4L2_BUF_FLAG_DONE"},
	{8, "V4L2_BUF_FLAG_KEYFRAME"}, {0x10, "V4L2_BUF_FLAG_PFRAME"}, {0x20, "V4L2_BUF_FLAG_BFRAME"}, {0x40, "V4L2_BUF_FLAG_ERROR"},
	{0x80, "V4L2_BUF_FLAG_IN_REQUEST"}, {0x100, "V4L2_BUF_FLAG_TIMECODE"}, {0x200, "V4L2_BUF_FLAG_INPUT"}, {0x400, "V4L2_BUF_FLAG_PREPARED"},
	{0x800, "V4L2_BUF_FLAG_NO_CACHE_INVALIDATE"}, {0x1000, "V4L2_BUF_FLAG_NO_CACHE_CLEAN"}, {0x100000, "V4L2_BUF_FLAG_LAST"},
	{0x800000, "V4L2_BUF_FLAG_REQUEST_FD"}}}

// v4ControlID is a control by its name, or by its class and what is added to it.
func (c *Call) v4ControlID(v uint64) {
	n, class := tV4Control.find(v), tV4Class.find(v&^0xffff)
	if n == "" && class != "" {
		n = fmt.Sprintf("%s+%#x", class, v&0xffff)
		if v&0xffff == 0 {
			n = class + "+0"
		}
	}
	c.enumNamed(n, tV4Control.unknown, v)
}

var tV4Class = table{"V4L2_CTRL_CLASS_???", []name{{0x980000, "V4L2_CTRL_CLASS_USER"}, {0x990000, "V4L2_CTRL_CLASS_CODEC"},
	{0x990000, "V4L2_CTRL_CLASS_MPEG"}, {0x9a0000, "V4L2_CTRL_CLASS_CAMERA"}, {0x9b0000, "V4L2_CTRL_CLASS_FM_TX"}, {0x9c0000, "V4L2_CTRL_CLASS_FLASH"},
	{0x9d0000, "V4L2_CTRL_CLASS_JPEG"}, {0x9e0000, "V4L2_CTRL_CLASS_IMAGE_SOURCE"}, {0x9f0000, "V4L2_CTRL_CLASS_IMAGE_PROC"},
	{0xa00000, "V4L2_CTRL_CLASS_DV"}, {0xa10000, "V4L2_CTRL_CLASS_FM_RX"}, {0xa20000, "V4L2_CTRL_CLASS_RF_TUNER"}, {0xa30000, "V4L2_CTRL_CLASS_DETECT"},
	{0xa40000, "V4L2_CTRL_CLASS_CODEC_STATELESS"}, {0xa50000, "V4L2_CTRL_CLASS_COLORIMETRY"}}}

var tV4Pix = table{"V4L2_PIX_FMT_???", []name{{0x31424752, "V4L2_PIX_FMT_RGB332"}, {0x34343452, "V4L2_PIX_FMT_RGB444"},
	{0x32315241, "V4L2_PIX_FMT_ARGB444"}, {0x32315258, "V4L2_PIX_FMT_XRGB444"}, {0x32314152, "V4L2_PIX_FMT_RGBA444"},
	{0x32315852, "V4L2_PIX_FMT_RGBX444"}, {0x32314241, "V4L2_PIX_FMT_ABGR444"}, {0x32314258, "V4L2_PIX_FMT_XBGR444"},
	{0x32314147, "V4L2_PIX_FMT_BGRA444"}, {0x32315842, "V4L2_PIX_FMT_BGRX444"}, {0x4f424752, "V4L2_PIX_FMT_RGB555"},
	{0x35315241, "V4L2_PIX_FMT_ARGB555"}, {0x35315258, "V4L2_PIX_FMT_XRGB555"}, {0x35314152, "V4L2_PIX_FMT_RGBA555"},
	{0x35315852, "V4L2_PIX_FMT_RGBX555"}, {0x35314241, "V4L2_PIX_FMT_ABGR555"}, {0x35314258, "V4L2_PIX_FMT_XBGR555"},
	{0x35314142, "V4L2_PIX_FMT_BGRA555"}, {0x35315842, "V4L2_PIX_FMT_BGRX555"}, {0x50424752, "V4L2_PIX_FMT_RGB565"},
	{0x51424752, "V4L2_PIX_FMT_RGB555X"}, {0xb5315241, "V4L2_PIX_FMT_ARGB555X"}, {0xb5315258, "V4L2_PIX_FMT_XRGB555X"},
	{0x52424752, "V4L2_PIX_FMT_RGB565X"}, {0x48524742, "V4L2_PIX_FMT_BGR666"}, {0x33524742, "V4L2_PIX_FMT_BGR24"}, {0x33424752, "V4L2_PIX_FMT_RGB24"},
	{0x34524742, "V4L2_PIX_FMT_BGR32"}, {0x34325241, "V4L2_PIX_FMT_ABGR32"}, {0x34325258, "V4L2_PIX_FMT_XBGR32"}, {0x34324152, "V4L2_PIX_FMT_BGRA32"},
	{0x34325852, "V4L2_PIX_FMT_BGRX32"}, {0x34424752, "V4L2_PIX_FMT_RGB32"}, {0x34324241, "V4L2_PIX_FMT_RGBA32"}, {0x34324258, "V4L2_PIX_FMT_RGBX32"},
	{0x34324142, "V4L2_PIX_FMT_ARGB32"}, {0x34325842, "V4L2_PIX_FMT_XRGB32"}, {0x59455247, "V4L2_PIX_FMT_GREY"}, {0x20343059, "V4L2_PIX_FMT_Y4"},
	{0x20363059, "V4L2_PIX_FMT_Y6"}, {0x20303159, "V4L2_PIX_FMT_Y10"}, {0x20323159, "V4L2_PIX_FMT_Y12"}, {0x20343159, "V4L2_PIX_FMT_Y14"},
	{0x20363159, "V4L2_PIX_FMT_Y16"}, {0xa0363159, "V4L2_PIX_FMT_Y16_BE"}, {0x42303159, "V4L2_PIX_FMT_Y10BPACK"}, {0x50303159, "V4L2_PIX_FMT_Y10P"},
	{0x79337069, "V4L2_PIX_FMT_IPU3_Y10"}, {0x384c4150, "V4L2_PIX_FMT_PAL8"}, {0x20385655, "V4L2_PIX_FMT_UV8"}, {0x56595559, "V4L2_PIX_FMT_YUYV"},
	{0x56555959, "V4L2_PIX_FMT_YYUV"}, {0x55595659, "V4L2_PIX_FMT_YVYU"}, {0x59565955, "V4L2_PIX_FMT_UYVY"}, {0x59555956, "V4L2_PIX_FMT_VYUY"},
	{0x50313459, "V4L2_PIX_FMT_Y41P"}, {0x34343459, "V4L2_PIX_FMT_YUV444"}, {0x4f565559, "V4L2_PIX_FMT_YUV555"}, {0x50565559, "V4L2_PIX_FMT_YUV565"},
	{0x33565559, "V4L2_PIX_FMT_YUV24"}, {0x34565559, "V4L2_PIX_FMT_YUV32"}, {0x56555941, "V4L2_PIX_FMT_AYUV32"}, {0x56555958, "V4L2_PIX_FMT_XYUV32"},
	{0x41595556, "V4L2_PIX_FMT_VUYA32"}, {0x58595556, "V4L2_PIX_FMT_VUYX32"}, {0x41565559, "V4L2_PIX_FMT_YUVA32"}, {0x58565559, "V4L2_PIX_FMT_YUVX32"},
	{0x3032344d, "V4L2_PIX_FMT_M420"}, {0x3231564e, "V4L2_PIX_FMT_NV12"}, {0x3132564e, "V4L2_PIX_FMT_NV21"}, {0x3631564e, "V4L2_PIX_FMT_NV16"},
	{0x3136564e, "V4L2_PIX_FMT_NV61"}, {0x3432564e, "V4L2_PIX_FMT_NV24"}, {0x3234564e, "V4L2_PIX_FMT_NV42"}, {0x30313050, "V4L2_PIX_FMT_P010"},
	{0x32314d4e, "V4L2_PIX_FMT_NV12M"}, {0x31324d4e, "V4L2_PIX_FMT_NV21M"}, {0x36314d4e, "V4L2_PIX_FMT_NV16M"}, {0x31364d4e, "V4L2_PIX_FMT_NV61M"},
	{0x39565559, "V4L2_PIX_FMT_YUV410"}, {0x39555659, "V4L2_PIX_FMT_YVU410"}, {0x50313134, "V4L2_PIX_FMT_YUV411P"}, {0x32315559, "V4L2_PIX_FMT_YUV420"},
	{0x32315659, "V4L2_PIX_FMT_YVU420"}, {0x50323234, "V4L2_PIX_FMT_YUV422P"}, {0x32314d59, "V4L2_PIX_FMT_YUV420M"},
	{0x31324d59, "V4L2_PIX_FMT_YVU420M"}, {0x36314d59, "V4L2_PIX_FMT_YUV422M"}, {0x31364d59, "V4L2_PIX_FMT_YVU422M"},
	{0x34324d59, "V4L2_PIX_FMT_YUV444M"}, {0x32344d59, "V4L2_PIX_FMT_YVU444M"}, {0x32315456, "V4L2_PIX_FMT_NV12_4L4"},
	{0x32314d48, "V4L2_PIX_FMT_NV12_16L16"}, {0x32315453, "V4L2_PIX_FMT_NV12_32L32"}, {0x30313054, "V4L2_PIX_FMT_P010_4L4"},
	{0x32314d54, "V4L2_PIX_FMT_NV12MT"}, {0x32314d56, "V4L2_PIX_FMT_NV12MT_16X16"}, {0x3231414e, "V4L2_PIX_FMT_NV12M_8L128"},
	{0xb231544e, "V4L2_PIX_FMT_NV12M_10BE_8L128"}, {0x31384142, "V4L2_PIX_FMT_SBGGR8"}, {0x47524247, "V4L2_PIX_FMT_SGBRG8"},
	{0x47425247, "V4L2_PIX_FMT_SGRBG8"}, {0x42474752, "V4L2_PIX_FMT_SRGGB8"}, {0x30314742, "V4L2_PIX_FMT_SBGGR10"}, {0x30314247, "V4L2_PIX_FMT_SGBRG10"},
	{0x30314142, "V4L2_PIX_FMT_SGRBG10"}, {0x30314752, "V4L2_PIX_FMT_SRGGB10"}, {0x41414270, "V4L2_PIX_FMT_SBGGR10P"},
	{0x41414770, "V4L2_PIX_FMT_SGBRG10P"}, {0x41416770, "V4L2_PIX_FMT_SGRBG10P"}, {0x41415270, "V4L2_PIX_FMT_SRGGB10P"},
	{0x38414261, "V4L2_PIX_FMT_SBGGR10ALAW8"}, {0x38414761, "V4L2_PIX_FMT_SGBRG10ALAW8"}, {0x38416761, "V4L2_PIX_FMT_SGRBG10ALAW8"},
	{0x38415261, "V4L2_PIX_FMT_SRGGB10ALAW8"}, {0x38414262, "V4L2_PIX_FMT_SBGGR10DPCM8"}, {0x38414762, "V4L2_PIX_FMT_SGBRG10DPCM8"},
	{0x30314442, "V4L2_PIX_FMT_SGRBG10DPCM8"}, {0x38415262, "V4L2_PIX_FMT_SRGGB10DPCM8"}, {0x32314742, "V4L2_PIX_FMT_SBGGR12"},
	{0x32314247, "V4L2_PIX_FMT_SGBRG12"}, {0x32314142, "V4L2_PIX_FMT_SGRBG12"}, {0x32314752, "V4L2_PIX_FMT_SRGGB12"},
	{0x43434270, "V4L2_PIX_FMT_SBGGR12P"}, {0x43434770, "V4L2_PIX_FMT_SGBRG12P"}, {0x43436770, "V4L2_PIX_FMT_SGRBG12P"},
	{0x43435270, "V4L2_PIX_FMT_SRGGB12P"}, {0x34314742, "V4L2_PIX_FMT_SBGGR14"}, {0x34314247, "V4L2_PIX_FMT_SGBRG14"},
	{0x34315247, "V4L2_PIX_FMT_SGRBG14"}, {0x34314752, "V4L2_PIX_FMT_SRGGB14"}, {0x45454270, "V4L2_PIX_FMT_SBGGR14P"},
	{0x45454770, "V4L2_PIX_FMT_SGBRG14P"}, {0x45456770, "V4L2_PIX_FMT_SGRBG14P"}, {0x45455270, "V4L2_PIX_FMT_SRGGB14P"},
	{0x32525942, "V4L2_PIX_FMT_SBGGR16"}, {0x36314247, "V4L2_PIX_FMT_SGBRG16"}, {0x36315247, "V4L2_PIX_FMT_SGRBG16"},
	{0x36314752, "V4L2_PIX_FMT_SRGGB16"}, {0x33565348, "V4L2_PIX_FMT_HSV24"}, {0x34565348, "V4L2_PIX_FMT_HSV32"}, {0x47504a4d, "V4L2_PIX_FMT_MJPEG"},
	{0x4745504a, "V4L2_PIX_FMT_JPEG"}, {0x64737664, "V4L2_PIX_FMT_DV"}, {0x4745504d, "V4L2_PIX_FMT_MPEG"}, {0x34363248, "V4L2_PIX_FMT_H264"},
	{0x31435641, "V4L2_PIX_FMT_H264_NO_SC"}, {0x3436324d, "V4L2_PIX_FMT_H264_MVC"}, {0x33363248, "V4L2_PIX_FMT_H263"},
	{0x3147504d, "V4L2_PIX_FMT_MPEG1"}, {0x3247504d, "V4L2_PIX_FMT_MPEG2"}, {0x5332474d, "V4L2_PIX_FMT_MPEG2_SLICE"}, {0x3447504d, "V4L2_PIX_FMT_MPEG4"},
	{0x44495658, "V4L2_PIX_FMT_XVID"}, {0x47314356, "V4L2_PIX_FMT_VC1_ANNEX_G"}, {0x4c314356, "V4L2_PIX_FMT_VC1_ANNEX_L"},
	{0x30385056, "V4L2_PIX_FMT_VP8"}, {0x46385056, "V4L2_PIX_FMT_VP8_FRAME"}, {0x30395056, "V4L2_PIX_FMT_VP9"}, {0x46395056, "V4L2_PIX_FMT_VP9_FRAME"},
	{0x43564548, "V4L2_PIX_FMT_HEVC"}, {0x54485746, "V4L2_PIX_FMT_FWHT"}, {0x48574653, "V4L2_PIX_FMT_FWHT_STATELESS"},
	{0x34363253, "V4L2_PIX_FMT_H264_SLICE"}, {0x35363253, "V4L2_PIX_FMT_HEVC_SLICE"}, {0x41495043, "V4L2_PIX_FMT_CPIA1"},
	{0x41564e57, "V4L2_PIX_FMT_WNVA"}, {0x30313953, "V4L2_PIX_FMT_SN9C10X"}, {0x30323953, "V4L2_PIX_FMT_SN9C20X_I420"},
	{0x31435750, "V4L2_PIX_FMT_PWC1"}, {0x32435750, "V4L2_PIX_FMT_PWC2"}, {0x35323645, "V4L2_PIX_FMT_ET61X251"}, {0x31303553, "V4L2_PIX_FMT_SPCA501"},
	{0x35303553, "V4L2_PIX_FMT_SPCA505"}, {0x38303553, "V4L2_PIX_FMT_SPCA508"}, {0x31363553, "V4L2_PIX_FMT_SPCA561"},
	{0x37303250, "V4L2_PIX_FMT_PAC207"}, {0x3031334d, "V4L2_PIX_FMT_MR97310A"}, {0x30324c4a, "V4L2_PIX_FMT_JL2005BCD"},
	{0x584e4f53, "V4L2_PIX_FMT_SN9C2028"}, {0x43353039, "V4L2_PIX_FMT_SQ905C"}, {0x47504a50, "V4L2_PIX_FMT_PJPG"}, {0x3131354f, "V4L2_PIX_FMT_OV511"},
	{0x3831354f, "V4L2_PIX_FMT_OV518"}, {0x30383653, "V4L2_PIX_FMT_STV0680"}, {0x30364d54, "V4L2_PIX_FMT_TM6000"},
	{0x56544943, "V4L2_PIX_FMT_CIT_YYVYUY"}, {0x494e4f4b, "V4L2_PIX_FMT_KONICA420"}, {0x4c47504a, "V4L2_PIX_FMT_JPGL"},
	{0x31303453, "V4L2_PIX_FMT_SE401"}, {0x49433553, "V4L2_PIX_FMT_S5C_UYVY_JPG"}, {0x20493859, "V4L2_PIX_FMT_Y8I"}, {0x49323159, "V4L2_PIX_FMT_Y12I"},
	{0x2036315a, "V4L2_PIX_FMT_Z16"}, {0x3132544d, "V4L2_PIX_FMT_MT21C"}, {0x31324d4d, "V4L2_PIX_FMT_MM21"}, {0x495a4e49, "V4L2_PIX_FMT_INZI"},
	{0x34464e43, "V4L2_PIX_FMT_CNF4"}, {0x34324948, "V4L2_PIX_FMT_HI240"}, {0x43383051, "V4L2_PIX_FMT_QC08C"}, {0x43303151, "V4L2_PIX_FMT_QC10C"},
	{0x62337069, "V4L2_PIX_FMT_IPU3_SBGGR10"}, {0x67337069, "V4L2_PIX_FMT_IPU3_SGBRG10"}, {0x47337069, "V4L2_PIX_FMT_IPU3_SGRBG10"},
	{0x72337069, "V4L2_PIX_FMT_IPU3_SRGGB10"}}}

var tV4Sdr = table{"V4L2_SDR_FMT_???", []name{{0x38305543, "V4L2_SDR_FMT_CU8"}, {0x36315543, "V4L2_SDR_FMT_CU16LE"}, {0x38305343, "V4L2_SDR_FMT_CS8"},
	{0x34315343, "V4L2_SDR_FMT_CS14LE"}, {0x32315552, "V4L2_SDR_FMT_RU12LE"}, {0x36314350, "V4L2_SDR_FMT_PCU16BE"}, {0x38314350, "V4L2_SDR_FMT_PCU18BE"},
	{0x30324350, "V4L2_SDR_FMT_PCU20BE"}}}

var tV4Meta = table{"V4L2_META_FMT_???", []name{{0x48505356, "V4L2_META_FMT_VSP1_HGO"}, {0x54505356, "V4L2_META_FMT_VSP1_HGT"},
	{0x48435655, "V4L2_META_FMT_UVC"}, {0x58583444, "V4L2_META_FMT_D4XX"}, {0x44564956, "V4L2_META_FMT_VIVID"},
	{0x50314b52, "V4L2_META_FMT_RK_ISP1_PARAMS"}, {0x53314b52, "V4L2_META_FMT_RK_ISP1_STAT_3A"}}}

var tV4Control = table{"V4L2_CID_???", []name{{0x980001, "V4L2_CID_USER_CLASS"}, {0x980900, "V4L2_CID_BRIGHTNESS"},
	{0x980901, "V4L2_CID_CONTRAST"}, {0x980902, "V4L2_CID_SATURATION"}, {0x980903, "V4L2_CID_HUE"}, {0x980905, "V4L2_CID_AUDIO_VOLUME"},
	{0x980906, "V4L2_CID_AUDIO_BALANCE"}, {0x980907, "V4L2_CID_AUDIO_BASS"}, {0x980908, "V4L2_CID_AUDIO_TREBLE"}, {0x980909, "V4L2_CID_AUDIO_MUTE"},
	{0x98090a, "V4L2_CID_AUDIO_LOUDNESS"}, {0x98090b, "V4L2_CID_BLACK_LEVEL"}, {0x98090c, "V4L2_CID_AUTO_WHITE_BALANCE"},
	{0x98090d, "V4L2_CID_DO_WHITE_BALANCE"}, {0x98090e, "V4L2_CID_RED_BALANCE"}, {0x98090f, "V4L2_CID_BLUE_BALANCE"}, {0x980910, "V4L2_CID_GAMMA"},
	{0x980910, "V4L2_CID_WHITENESS"}, {0x980911, "V4L2_CID_EXPOSURE"}, {0x980912, "V4L2_CID_AUTOGAIN"}, {0x980913, "V4L2_CID_GAIN"},
	{0x980914, "V4L2_CID_HFLIP"}, {0x980915, "V4L2_CID_VFLIP"}, {0x980918, "V4L2_CID_POWER_LINE_FREQUENCY"}, {0x980919, "V4L2_CID_HUE_AUTO"},
	{0x98091a, "V4L2_CID_WHITE_BALANCE_TEMPERATURE"}, {0x98091b, "V4L2_CID_SHARPNESS"}, {0x98091c, "V4L2_CID_BACKLIGHT_COMPENSATION"},
	{0x98091d, "V4L2_CID_CHROMA_AGC"}, {0x98091e, "V4L2_CID_COLOR_KILLER"}, {0x98091f, "V4L2_CID_COLORFX"}, {0x980920, "V4L2_CID_AUTOBRIGHTNESS"},
	{0x980921, "V4L2_CID_BAND_STOP_FILTER"}, {0x980922, "V4L2_CID_ROTATE"}, {0x980923, "V4L2_CID_BG_COLOR"}, {0x980924, "V4L2_CID_CHROMA_GAIN"},
	{0x980925, "V4L2_CID_ILLUMINATORS_1"}, {0x980926, "V4L2_CID_ILLUMINATORS_2"}, {0x980927, "V4L2_CID_MIN_BUFFERS_FOR_CAPTURE"},
	{0x980928, "V4L2_CID_MIN_BUFFERS_FOR_OUTPUT"}, {0x980929, "V4L2_CID_ALPHA_COMPONENT"}, {0x98092a, "V4L2_CID_COLORFX_CBCR"},
	{0x98092b, "V4L2_CID_COLORFX_RGB"}, {0x990001, "V4L2_CID_CODEC_CLASS"}, {0x990001, "V4L2_CID_MPEG_CLASS"}, {0x990900, "V4L2_CID_MPEG_STREAM_TYPE"},
	{0x990901, "V4L2_CID_MPEG_STREAM_PID_PMT"}, {0x990902, "V4L2_CID_MPEG_STREAM_PID_AUDIO"}, {0x990903, "V4L2_CID_MPEG_STREAM_PID_VIDEO"},
	{0x990904, "V4L2_CID_MPEG_STREAM_PID_PCR"}, {0x990905, "V4L2_CID_MPEG_STREAM_PES_ID_AUDIO"}, {0x990906, "V4L2_CID_MPEG_STREAM_PES_ID_VIDEO"},
	{0x990907, "V4L2_CID_MPEG_STREAM_VBI_FMT"}, {0x990964, "V4L2_CID_MPEG_AUDIO_SAMPLING_FREQ"}, {0x990965, "V4L2_CID_MPEG_AUDIO_ENCODING"},
	{0x990966, "V4L2_CID_MPEG_AUDIO_L1_BITRATE"}, {0x990967, "V4L2_CID_MPEG_AUDIO_L2_BITRATE"}, {0x990968, "V4L2_CID_MPEG_AUDIO_L3_BITRATE"},
	{0x990969, "V4L2_CID_MPEG_AUDIO_MODE"}, {0x99096a, "V4L2_CID_MPEG_AUDIO_MODE_EXTENSION"}, {0x99096b, "V4L2_CID_MPEG_AUDIO_EMPHASIS"},
	{0x99096c, "V4L2_CID_MPEG_AUDIO_CRC"}, {0x99096d, "V4L2_CID_MPEG_AUDIO_MUTE"}, {0x99096e, "V4L2_CID_MPEG_AUDIO_AAC_BITRATE"},
	{0x99096f, "V4L2_CID_MPEG_AUDIO_AC3_BITRATE"}, {0x990970, "V4L2_CID_MPEG_AUDIO_DEC_PLAYBACK"},
	{0x990971, "V4L2_CID_MPEG_AUDIO_DEC_MULTILINGUAL_PLAYBACK"}, {0x9909c8, "V4L2_CID_MPEG_VIDEO_ENCODING"}, {0x9909c9, "V4L2_CID_MPEG_VIDEO_ASPECT"},
	{0x9909ca, "V4L2_CID_MPEG_VIDEO_B_FRAMES"}, {0x9909cb, "V4L2_CID_MPEG_VIDEO_GOP_SIZE"}, {0x9909cc, "V4L2_CID_MPEG_VIDEO_GOP_CLOSURE"},
	{0x9909cd, "V4L2_CID_MPEG_VIDEO_PULLDOWN"}, {0x9909ce, "V4L2_CID_MPEG_VIDEO_BITRATE_MODE"}, {0x9909cf, "V4L2_CID_MPEG_VIDEO_BITRATE"},
	{0x9909d0, "V4L2_CID_MPEG_VIDEO_BITRATE_PEAK"}, {0x9909d1, "V4L2_CID_MPEG_VIDEO_TEMPORAL_DECIMATION"}, {0x9909d2, "V4L2_CID_MPEG_VIDEO_MUTE"},
	{0x9909d3, "V4L2_CID_MPEG_VIDEO_MUTE_YUV"}, {0x9909d4, "V4L2_CID_MPEG_VIDEO_DECODER_SLICE_INTERFACE"},
	{0x9909d5, "V4L2_CID_MPEG_VIDEO_DECODER_MPEG4_DEBLOCK_FILTER"}, {0x9909d6, "V4L2_CID_MPEG_VIDEO_CYCLIC_INTRA_REFRESH_MB"},
	{0x9909d7, "V4L2_CID_MPEG_VIDEO_FRAME_RC_ENABLE"}, {0x9909d8, "V4L2_CID_MPEG_VIDEO_HEADER_MODE"}, {0x9909d9, "V4L2_CID_MPEG_VIDEO_MAX_REF_PIC"},
	{0x9909da, "V4L2_CID_MPEG_VIDEO_MB_RC_ENABLE"}, {0x9909db, "V4L2_CID_MPEG_VIDEO_MULTI_SLICE_MAX_BYTES"},
	{0x9909dc, "V4L2_CID_MPEG_VIDEO_MULTI_SLICE_MAX_MB"}, {0x9909dd, "V4L2_CID_MPEG_VIDEO_MULTI_SLICE_MODE"}, {0x9909de, "V4L2_CID_MPEG_VIDEO_VBV_SIZE"},
	{0x9909df, "V4L2_CID_MPEG_VIDEO_DEC_PTS"}, {0x9909e0, "V4L2_CID_MPEG_VIDEO_DEC_FRAME"}, {0x9909e1, "V4L2_CID_MPEG_VIDEO_VBV_DELAY"},
	{0x9909e2, "V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER"}, {0x9909e3, "V4L2_CID_MPEG_VIDEO_MV_H_SEARCH_RANGE"},
	{0x9909e4, "V4L2_CID_MPEG_VIDEO_MV_V_SEARCH_RANGE"}, {0x9909e5, "V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME"},
	{0x9909e7, "V4L2_CID_MPEG_VIDEO_AU_DELIMITER"}, {0x9909e8, "V4L2_CID_MPEG_VIDEO_LTR_COUNT"}, {0x9909e9, "V4L2_CID_MPEG_VIDEO_FRAME_LTR_INDEX"},
	{0x9909ea, "V4L2_CID_MPEG_VIDEO_USE_LTR_FRAMES"}, {0x9909eb, "V4L2_CID_MPEG_VIDEO_DEC_CONCEAL_COLOR"},
	{0x9909ec, "V4L2_CID_MPEG_VIDEO_INTRA_REFRESH_PERIOD"}, {0x9909ed, "V4L2_CID_MPEG_VIDEO_INTRA_REFRESH_PERIOD_TYPE"},
	{0x990a0e, "V4L2_CID_MPEG_VIDEO_MPEG2_LEVEL"}, {0x990a0f, "V4L2_CID_MPEG_VIDEO_MPEG2_PROFILE"}, {0x990a22, "V4L2_CID_FWHT_I_FRAME_QP"},
	{0x990a23, "V4L2_CID_FWHT_P_FRAME_QP"}, {0x990a2c, "V4L2_CID_MPEG_VIDEO_H263_I_FRAME_QP"}, {0x990a2d, "V4L2_CID_MPEG_VIDEO_H263_P_FRAME_QP"},
	{0x990a2e, "V4L2_CID_MPEG_VIDEO_H263_B_FRAME_QP"}, {0x990a2f, "V4L2_CID_MPEG_VIDEO_H263_MIN_QP"}, {0x990a30, "V4L2_CID_MPEG_VIDEO_H263_MAX_QP"},
	{0x990a5e, "V4L2_CID_MPEG_VIDEO_H264_I_FRAME_QP"}, {0x990a5f, "V4L2_CID_MPEG_VIDEO_H264_P_FRAME_QP"},
	{0x990a60, "V4L2_CID_MPEG_VIDEO_H264_B_FRAME_QP"}, {0x990a61, "V4L2_CID_MPEG_VIDEO_H264_MIN_QP"}, {0x990a62, "V4L2_CID_MPEG_VIDEO_H264_MAX_QP"},
	{0x990a63, "V4L2_CID_MPEG_VIDEO_H264_8X8_TRANSFORM"}, {0x990a64, "V4L2_CID_MPEG_VIDEO_H264_CPB_SIZE"},
	{0x990a65, "V4L2_CID_MPEG_VIDEO_H264_ENTROPY_MODE"}, {0x990a66, "V4L2_CID_MPEG_VIDEO_H264_I_PERIOD"}, {0x990a67, "V4L2_CID_MPEG_VIDEO_H264_LEVEL"},
	{0x990a68, "V4L2_CID_MPEG_VIDEO_H264_LOOP_FILTER_ALPHA"}, {0x990a69, "V4L2_CID_MPEG_VIDEO_H264_LOOP_FILTER_BETA"},
	{0x990a6a, "V4L2_CID_MPEG_VIDEO_H264_LOOP_FILTER_MODE"}, {0x990a6b, "V4L2_CID_MPEG_VIDEO_H264_PROFILE"},
	{0x990a6c, "V4L2_CID_MPEG_VIDEO_H264_VUI_EXT_SAR_HEIGHT"}, {0x990a6d, "V4L2_CID_MPEG_VIDEO_H264_VUI_EXT_SAR_WIDTH"},
	{0x990a6e, "V4L2_CID_MPEG_VIDEO_H264_VUI_SAR_ENABLE"}, {0x990a6f, "V4L2_CID_MPEG_VIDEO_H264_VUI_SAR_IDC"},
	{0x990a70, "V4L2_CID_MPEG_VIDEO_H264_SEI_FRAME_PACKING"}, {0x990a71, "V4L2_CID_MPEG_VIDEO_H264_SEI_FP_CURRENT_FRAME_0"},
	{0x990a72, "V4L2_CID_MPEG_VIDEO_H264_SEI_FP_ARRANGEMENT_TYPE"}, {0x990a73, "V4L2_CID_MPEG_VIDEO_H264_FMO"},
	{0x990a74, "V4L2_CID_MPEG_VIDEO_H264_FMO_MAP_TYPE"}, {0x990a75, "V4L2_CID_MPEG_VIDEO_H264_FMO_SLICE_GROUP"},
	{0x990a76, "V4L2_CID_MPEG_VIDEO_H264_FMO_CHANGE_DIRECTION"}, {0x990a77, "V4L2_CID_MPEG_VIDEO_H264_FMO_CHANGE_RATE"},
	{0x990a78, "V4L2_CID_MPEG_VIDEO_H264_FMO_RUN_LENGTH"}, {0x990a79, "V4L2_CID_MPEG_VIDEO_H264_ASO"},
	{0x990a7a, "V4L2_CID_MPEG_VIDEO_H264_ASO_SLICE_ORDER"}, {0x990a7b, "V4L2_CID_MPEG_VIDEO_H264_HIERARCHICAL_CODING"},
	{0x990a7c, "V4L2_CID_MPEG_VIDEO_H264_HIERARCHICAL_CODING_TYPE"}, {0x990a7d, "V4L2_CID_MPEG_VIDEO_H264_HIERARCHICAL_CODING_LAYER"},
	{0x990a7e, "V4L2_CID_MPEG_VIDEO_H264_HIERARCHICAL_CODING_LAYER_QP"}, {0x990a7f, "V4L2_CID_MPEG_VIDEO_H264_CONSTRAINED_INTRA_PREDICTION"},
	{0x990a80, "V4L2_CID_MPEG_VIDEO_H264_CHROMA_QP_INDEX_OFFSET"}, {0x990a81, "V4L2_CID_MPEG_VIDEO_H264_I_FRAME_MIN_QP"},
	{0x990a82, "V4L2_CID_MPEG_VIDEO_H264_I_FRAME_MAX_QP"}, {0x990a83, "V4L2_CID_MPEG_VIDEO_H264_P_FRAME_MIN_QP"},
	{0x990a84, "V4L2_CID_MPEG_VIDEO_H264_P_FRAME_MAX_QP"}, {0x990a85, "V4L2_CID_MPEG_VIDEO_H264_B_FRAME_MIN_QP"},
	{0x990a86, "V4L2_CID_MPEG_VIDEO_H264_B_FRAME_MAX_QP"}, {0x990a87, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L0_BR"},
	{0x990a88, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L1_BR"}, {0x990a89, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L2_BR"},
	{0x990a8a, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L3_BR"}, {0x990a8b, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L4_BR"},
	{0x990a8c, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L5_BR"}, {0x990a8d, "V4L2_CID_MPEG_VIDEO_H264_HIER_CODING_L6_BR"},
	{0x990a90, "V4L2_CID_MPEG_VIDEO_MPEG4_I_FRAME_QP"}, {0x990a91, "V4L2_CID_MPEG_VIDEO_MPEG4_P_FRAME_QP"},
	{0x990a92, "V4L2_CID_MPEG_VIDEO_MPEG4_B_FRAME_QP"}, {0x990a93, "V4L2_CID_MPEG_VIDEO_MPEG4_MIN_QP"}, {0x990a94, "V4L2_CID_MPEG_VIDEO_MPEG4_MAX_QP"},
	{0x990a95, "V4L2_CID_MPEG_VIDEO_MPEG4_LEVEL"}, {0x990a96, "V4L2_CID_MPEG_VIDEO_MPEG4_PROFILE"}, {0x990a97, "V4L2_CID_MPEG_VIDEO_MPEG4_QPEL"},
	{0x990af4, "V4L2_CID_MPEG_VIDEO_VPX_NUM_PARTITIONS"}, {0x990af5, "V4L2_CID_MPEG_VIDEO_VPX_IMD_DISABLE_4X4"},
	{0x990af6, "V4L2_CID_MPEG_VIDEO_VPX_NUM_REF_FRAMES"}, {0x990af7, "V4L2_CID_MPEG_VIDEO_VPX_FILTER_LEVEL"},
	{0x990af8, "V4L2_CID_MPEG_VIDEO_VPX_FILTER_SHARPNESS"}, {0x990af9, "V4L2_CID_MPEG_VIDEO_VPX_GOLDEN_FRAME_REF_PERIOD"},
	{0x990afa, "V4L2_CID_MPEG_VIDEO_VPX_GOLDEN_FRAME_SEL"}, {0x990afb, "V4L2_CID_MPEG_VIDEO_VPX_MIN_QP"}, {0x990afc, "V4L2_CID_MPEG_VIDEO_VPX_MAX_QP"},
	{0x990afd, "V4L2_CID_MPEG_VIDEO_VPX_I_FRAME_QP"}, {0x990afe, "V4L2_CID_MPEG_VIDEO_VPX_P_FRAME_QP"}, {0x990aff, "V4L2_CID_MPEG_VIDEO_VP8_PROFILE"},
	{0x990aff, "V4L2_CID_MPEG_VIDEO_VPX_PROFILE"}, {0x990b00, "V4L2_CID_MPEG_VIDEO_VP9_PROFILE"}, {0x990b01, "V4L2_CID_MPEG_VIDEO_VP9_LEVEL"},
	{0x990b58, "V4L2_CID_MPEG_VIDEO_HEVC_MIN_QP"}, {0x990b59, "V4L2_CID_MPEG_VIDEO_HEVC_MAX_QP"}, {0x990b5a, "V4L2_CID_MPEG_VIDEO_HEVC_I_FRAME_QP"},
	{0x990b5b, "V4L2_CID_MPEG_VIDEO_HEVC_P_FRAME_QP"}, {0x990b5c, "V4L2_CID_MPEG_VIDEO_HEVC_B_FRAME_QP"}, {0x990b5d, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_QP"},
	{0x990b5e, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_TYPE"}, {0x990b5f, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_LAYER"},
	{0x990b60, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L0_QP"}, {0x990b61, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L1_QP"},
	{0x990b62, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L2_QP"}, {0x990b63, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L3_QP"},
	{0x990b64, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L4_QP"}, {0x990b65, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L5_QP"},
	{0x990b66, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L6_QP"}, {0x990b67, "V4L2_CID_MPEG_VIDEO_HEVC_PROFILE"},
	{0x990b68, "V4L2_CID_MPEG_VIDEO_HEVC_LEVEL"}, {0x990b69, "V4L2_CID_MPEG_VIDEO_HEVC_FRAME_RATE_RESOLUTION"},
	{0x990b6a, "V4L2_CID_MPEG_VIDEO_HEVC_TIER"}, {0x990b6b, "V4L2_CID_MPEG_VIDEO_HEVC_MAX_PARTITION_DEPTH"},
	{0x990b6c, "V4L2_CID_MPEG_VIDEO_HEVC_LOOP_FILTER_MODE"}, {0x990b6d, "V4L2_CID_MPEG_VIDEO_HEVC_LF_BETA_OFFSET_DIV2"},
	{0x990b6e, "V4L2_CID_MPEG_VIDEO_HEVC_LF_TC_OFFSET_DIV2"}, {0x990b6f, "V4L2_CID_MPEG_VIDEO_HEVC_REFRESH_TYPE"},
	{0x990b70, "V4L2_CID_MPEG_VIDEO_HEVC_REFRESH_PERIOD"}, {0x990b71, "V4L2_CID_MPEG_VIDEO_HEVC_LOSSLESS_CU"},
	{0x990b72, "V4L2_CID_MPEG_VIDEO_HEVC_CONST_INTRA_PRED"}, {0x990b73, "V4L2_CID_MPEG_VIDEO_HEVC_WAVEFRONT"},
	{0x990b74, "V4L2_CID_MPEG_VIDEO_HEVC_GENERAL_PB"}, {0x990b75, "V4L2_CID_MPEG_VIDEO_HEVC_TEMPORAL_ID"},
	{0x990b76, "V4L2_CID_MPEG_VIDEO_HEVC_STRONG_SMOOTHING"}, {0x990b77, "V4L2_CID_MPEG_VIDEO_HEVC_MAX_NUM_MERGE_MV_MINUS1"},
	{0x990b78, "V4L2_CID_MPEG_VIDEO_HEVC_INTRA_PU_SPLIT"}, {0x990b79, "V4L2_CID_MPEG_VIDEO_HEVC_TMV_PREDICTION"},
	{0x990b7a, "V4L2_CID_MPEG_VIDEO_HEVC_WITHOUT_STARTCODE"}, {0x990b7b, "V4L2_CID_MPEG_VIDEO_HEVC_SIZE_OF_LENGTH_FIELD"},
	{0x990b7c, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L0_BR"}, {0x990b7d, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L1_BR"},
	{0x990b7e, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L2_BR"}, {0x990b7f, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L3_BR"},
	{0x990b80, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L4_BR"}, {0x990b81, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L5_BR"},
	{0x990b82, "V4L2_CID_MPEG_VIDEO_HEVC_HIER_CODING_L6_BR"}, {0x990b83, "V4L2_CID_MPEG_VIDEO_REF_NUMBER_FOR_PFRAMES"},
	{0x990b84, "V4L2_CID_MPEG_VIDEO_PREPEND_SPSPPS_TO_IDR"}, {0x990b85, "V4L2_CID_MPEG_VIDEO_CONSTANT_QUALITY"},
	{0x990b86, "V4L2_CID_MPEG_VIDEO_FRAME_SKIP_MODE"}, {0x990b87, "V4L2_CID_MPEG_VIDEO_HEVC_I_FRAME_MIN_QP"},
	{0x990b88, "V4L2_CID_MPEG_VIDEO_HEVC_I_FRAME_MAX_QP"}, {0x990b89, "V4L2_CID_MPEG_VIDEO_HEVC_P_FRAME_MIN_QP"},
	{0x990b8a, "V4L2_CID_MPEG_VIDEO_HEVC_P_FRAME_MAX_QP"}, {0x990b8b, "V4L2_CID_MPEG_VIDEO_HEVC_B_FRAME_MIN_QP"},
	{0x990b8c, "V4L2_CID_MPEG_VIDEO_HEVC_B_FRAME_MAX_QP"}, {0x990b8d, "V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY"},
	{0x990b8e, "V4L2_CID_MPEG_VIDEO_DEC_DISPLAY_DELAY_ENABLE"}, {0x991000, "V4L2_CID_MPEG_CX2341X_VIDEO_SPATIAL_FILTER_MODE"},
	{0x991001, "V4L2_CID_MPEG_CX2341X_VIDEO_SPATIAL_FILTER"}, {0x991002, "V4L2_CID_MPEG_CX2341X_VIDEO_LUMA_SPATIAL_FILTER_TYPE"},
	{0x991003, "V4L2_CID_MPEG_CX2341X_VIDEO_CHROMA_SPATIAL_FILTER_TYPE"}, {0x991004, "V4L2_CID_MPEG_CX2341X_VIDEO_TEMPORAL_FILTER_MODE"},
	{0x991005, "V4L2_CID_MPEG_CX2341X_VIDEO_TEMPORAL_FILTER"}, {0x991006, "V4L2_CID_MPEG_CX2341X_VIDEO_MEDIAN_FILTER_TYPE"},
	{0x991007, "V4L2_CID_MPEG_CX2341X_VIDEO_LUMA_MEDIAN_FILTER_BOTTOM"}, {0x991008, "V4L2_CID_MPEG_CX2341X_VIDEO_LUMA_MEDIAN_FILTER_TOP"},
	{0x991009, "V4L2_CID_MPEG_CX2341X_VIDEO_CHROMA_MEDIAN_FILTER_BOTTOM"}, {0x99100a, "V4L2_CID_MPEG_CX2341X_VIDEO_CHROMA_MEDIAN_FILTER_TOP"},
	{0x99100b, "V4L2_CID_MPEG_CX2341X_STREAM_INSERT_NAV_PACKETS"}, {0x991100, "V4L2_CID_MPEG_MFC51_VIDEO_DECODER_H264_DISPLAY_DELAY"},
	{0x991101, "V4L2_CID_MPEG_MFC51_VIDEO_DECODER_H264_DISPLAY_DELAY_ENABLE"}, {0x991102, "V4L2_CID_MPEG_MFC51_VIDEO_FRAME_SKIP_MODE"},
	{0x991103, "V4L2_CID_MPEG_MFC51_VIDEO_FORCE_FRAME_TYPE"}, {0x991104, "V4L2_CID_MPEG_MFC51_VIDEO_PADDING"},
	{0x991105, "V4L2_CID_MPEG_MFC51_VIDEO_PADDING_YUV"}, {0x991106, "V4L2_CID_MPEG_MFC51_VIDEO_RC_FIXED_TARGET_BIT"},
	{0x991107, "V4L2_CID_MPEG_MFC51_VIDEO_RC_REACTION_COEFF"}, {0x991132, "V4L2_CID_MPEG_MFC51_VIDEO_H264_ADAPTIVE_RC_ACTIVITY"},
	{0x991133, "V4L2_CID_MPEG_MFC51_VIDEO_H264_ADAPTIVE_RC_DARK"}, {0x991134, "V4L2_CID_MPEG_MFC51_VIDEO_H264_ADAPTIVE_RC_SMOOTH"},
	{0x991135, "V4L2_CID_MPEG_MFC51_VIDEO_H264_ADAPTIVE_RC_STATIC"}, {0x991136, "V4L2_CID_MPEG_MFC51_VIDEO_H264_NUM_REF_PIC_FOR_P"},
	{0x9a0001, "V4L2_CID_CAMERA_CLASS"}, {0x9a0901, "V4L2_CID_EXPOSURE_AUTO"}, {0x9a0902, "V4L2_CID_EXPOSURE_ABSOLUTE"},
	{0x9a0903, "V4L2_CID_EXPOSURE_AUTO_PRIORITY"}, {0x9a0904, "V4L2_CID_PAN_RELATIVE"}, {0x9a0905, "V4L2_CID_TILT_RELATIVE"},
	{0x9a0906, "V4L2_CID_PAN_RESET"}, {0x9a0907, "V4L2_CID_TILT_RESET"}, {0x9a0908, "V4L2_CID_PAN_ABSOLUTE"}, {0x9a0909, "V4L2_CID_TILT_ABSOLUTE"},
	{0x9a090a, "V4L2_CID_FOCUS_ABSOLUTE"}, {0x9a090b, "V4L2_CID_FOCUS_RELATIVE"}, {0x9a090c, "V4L2_CID_FOCUS_AUTO"},
	{0x9a090d, "V4L2_CID_ZOOM_ABSOLUTE"}, {0x9a090e, "V4L2_CID_ZOOM_RELATIVE"}, {0x9a090f, "V4L2_CID_ZOOM_CONTINUOUS"}, {0x9a0910, "V4L2_CID_PRIVACY"},
	{0x9a0911, "V4L2_CID_IRIS_ABSOLUTE"}, {0x9a0912, "V4L2_CID_IRIS_RELATIVE"}, {0x9a0913, "V4L2_CID_AUTO_EXPOSURE_BIAS"},
	{0x9a0914, "V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE"}, {0x9a0915, "V4L2_CID_WIDE_DYNAMIC_RANGE"}, {0x9a0916, "V4L2_CID_IMAGE_STABILIZATION"},
	{0x9a0917, "V4L2_CID_ISO_SENSITIVITY"}, {0x9a0918, "V4L2_CID_ISO_SENSITIVITY_AUTO"}, {0x9a0919, "V4L2_CID_EXPOSURE_METERING"},
	{0x9a091a, "V4L2_CID_SCENE_MODE"}, {0x9a091b, "V4L2_CID_3A_LOCK"}, {0x9a091c, "V4L2_CID_AUTO_FOCUS_START"}, {0x9a091d, "V4L2_CID_AUTO_FOCUS_STOP"},
	{0x9a091e, "V4L2_CID_AUTO_FOCUS_STATUS"}, {0x9a091f, "V4L2_CID_AUTO_FOCUS_RANGE"}, {0x9a0920, "V4L2_CID_PAN_SPEED"},
	{0x9a0921, "V4L2_CID_TILT_SPEED"}, {0x9a0922, "V4L2_CID_CAMERA_ORIENTATION"}, {0x9a0923, "V4L2_CID_CAMERA_SENSOR_ROTATION"},
	{0x9b0001, "V4L2_CID_FM_TX_CLASS"}, {0x9b0901, "V4L2_CID_RDS_TX_DEVIATION"}, {0x9b0902, "V4L2_CID_RDS_TX_PI"}, {0x9b0903, "V4L2_CID_RDS_TX_PTY"},
	{0x9b0905, "V4L2_CID_RDS_TX_PS_NAME"}, {0x9b0906, "V4L2_CID_RDS_TX_RADIO_TEXT"}, {0x9b0907, "V4L2_CID_RDS_TX_MONO_STEREO"},
	{0x9b0908, "V4L2_CID_RDS_TX_ARTIFICIAL_HEAD"}, {0x9b0909, "V4L2_CID_RDS_TX_COMPRESSED"}, {0x9b090a, "V4L2_CID_RDS_TX_DYNAMIC_PTY"},
	{0x9b090b, "V4L2_CID_RDS_TX_TRAFFIC_ANNOUNCEMENT"}, {0x9b090c, "V4L2_CID_RDS_TX_TRAFFIC_PROGRAM"}, {0x9b090d, "V4L2_CID_RDS_TX_MUSIC_SPEECH"},
	{0x9b090e, "V4L2_CID_RDS_TX_ALT_FREQS_ENABLE"}, {0x9b090f, "V4L2_CID_RDS_TX_ALT_FREQS"}, {0x9b0940, "V4L2_CID_AUDIO_LIMITER_ENABLED"},
	{0x9b0941, "V4L2_CID_AUDIO_LIMITER_RELEASE_TIME"}, {0x9b0942, "V4L2_CID_AUDIO_LIMITER_DEVIATION"}, {0x9b0950, "V4L2_CID_AUDIO_COMPRESSION_ENABLED"},
	{0x9b0951, "V4L2_CID_AUDIO_COMPRESSION_GAIN"}, {0x9b0952, "V4L2_CID_AUDIO_COMPRESSION_THRESHOLD"},
	{0x9b0953, "V4L2_CID_AUDIO_COMPRESSION_ATTACK_TIME"}, {0x9b0954, "V4L2_CID_AUDIO_COMPRESSION_RELEASE_TIME"},
	{0x9b0960, "V4L2_CID_PILOT_TONE_ENABLED"}, {0x9b0961, "V4L2_CID_PILOT_TONE_DEVIATION"}, {0x9b0962, "V4L2_CID_PILOT_TONE_FREQUENCY"},
	{0x9b0970, "V4L2_CID_TUNE_PREEMPHASIS"}, {0x9b0971, "V4L2_CID_TUNE_POWER_LEVEL"}, {0x9b0972, "V4L2_CID_TUNE_ANTENNA_CAPACITOR"},
	{0x9c0001, "V4L2_CID_FLASH_CLASS"}, {0x9c0901, "V4L2_CID_FLASH_LED_MODE"}, {0x9c0902, "V4L2_CID_FLASH_STROBE_SOURCE"},
	{0x9c0903, "V4L2_CID_FLASH_STROBE"}, {0x9c0904, "V4L2_CID_FLASH_STROBE_STOP"}, {0x9c0905, "V4L2_CID_FLASH_STROBE_STATUS"},
	{0x9c0906, "V4L2_CID_FLASH_TIMEOUT"}, {0x9c0907, "V4L2_CID_FLASH_INTENSITY"}, {0x9c0908, "V4L2_CID_FLASH_TORCH_INTENSITY"},
	{0x9c0909, "V4L2_CID_FLASH_INDICATOR_INTENSITY"}, {0x9c090a, "V4L2_CID_FLASH_FAULT"}, {0x9c090b, "V4L2_CID_FLASH_CHARGE"},
	{0x9c090c, "V4L2_CID_FLASH_READY"}, {0x9d0001, "V4L2_CID_JPEG_CLASS"}, {0x9d0901, "V4L2_CID_JPEG_CHROMA_SUBSAMPLING"},
	{0x9d0902, "V4L2_CID_JPEG_RESTART_INTERVAL"}, {0x9d0903, "V4L2_CID_JPEG_COMPRESSION_QUALITY"}, {0x9d0904, "V4L2_CID_JPEG_ACTIVE_MARKER"},
	{0x9e0001, "V4L2_CID_IMAGE_SOURCE_CLASS"}, {0x9e0901, "V4L2_CID_VBLANK"}, {0x9e0902, "V4L2_CID_HBLANK"}, {0x9e0903, "V4L2_CID_ANALOGUE_GAIN"},
	{0x9e0904, "V4L2_CID_TEST_PATTERN_RED"}, {0x9e0905, "V4L2_CID_TEST_PATTERN_GREENR"}, {0x9e0906, "V4L2_CID_TEST_PATTERN_BLUE"},
	{0x9e0907, "V4L2_CID_TEST_PATTERN_GREENB"}, {0x9e0908, "V4L2_CID_UNIT_CELL_SIZE"}, {0x9e0909, "V4L2_CID_NOTIFY_GAINS"},
	{0x9f0001, "V4L2_CID_IMAGE_PROC_CLASS"}, {0x9f0901, "V4L2_CID_LINK_FREQ"}, {0x9f0902, "V4L2_CID_PIXEL_RATE"}, {0x9f0903, "V4L2_CID_TEST_PATTERN"},
	{0x9f0904, "V4L2_CID_DEINTERLACING_MODE"}, {0x9f0905, "V4L2_CID_DIGITAL_GAIN"}, {0xa00001, "V4L2_CID_DV_CLASS"},
	{0xa00901, "V4L2_CID_DV_TX_HOTPLUG"}, {0xa00902, "V4L2_CID_DV_TX_RXSENSE"}, {0xa00903, "V4L2_CID_DV_TX_EDID_PRESENT"},
	{0xa00904, "V4L2_CID_DV_TX_MODE"}, {0xa00905, "V4L2_CID_DV_TX_RGB_RANGE"}, {0xa00906, "V4L2_CID_DV_TX_IT_CONTENT_TYPE"},
	{0xa00964, "V4L2_CID_DV_RX_POWER_PRESENT"}, {0xa00965, "V4L2_CID_DV_RX_RGB_RANGE"}, {0xa00966, "V4L2_CID_DV_RX_IT_CONTENT_TYPE"},
	{0xa10001, "V4L2_CID_FM_RX_CLASS"}, {0xa10901, "V4L2_CID_TUNE_DEEMPHASIS"}, {0xa10902, "V4L2_CID_RDS_RECEPTION"}, {0xa10903, "V4L2_CID_RDS_RX_PTY"},
	{0xa10904, "V4L2_CID_RDS_RX_PS_NAME"}, {0xa10905, "V4L2_CID_RDS_RX_RADIO_TEXT"}, {0xa10906, "V4L2_CID_RDS_RX_TRAFFIC_ANNOUNCEMENT"},
	{0xa10907, "V4L2_CID_RDS_RX_TRAFFIC_PROGRAM"}, {0xa10908, "V4L2_CID_RDS_RX_MUSIC_SPEECH"}, {0xa20001, "V4L2_CID_RF_TUNER_CLASS"},
	{0xa2090b, "V4L2_CID_RF_TUNER_BANDWIDTH_AUTO"}, {0xa2090c, "V4L2_CID_RF_TUNER_BANDWIDTH"}, {0xa20920, "V4L2_CID_RF_TUNER_RF_GAIN"},
	{0xa20929, "V4L2_CID_RF_TUNER_LNA_GAIN_AUTO"}, {0xa2092a, "V4L2_CID_RF_TUNER_LNA_GAIN"}, {0xa20933, "V4L2_CID_RF_TUNER_MIXER_GAIN_AUTO"},
	{0xa20934, "V4L2_CID_RF_TUNER_MIXER_GAIN"}, {0xa2093d, "V4L2_CID_RF_TUNER_IF_GAIN_AUTO"}, {0xa2093e, "V4L2_CID_RF_TUNER_IF_GAIN"},
	{0xa2095b, "V4L2_CID_RF_TUNER_PLL_LOCK"}, {0xa30001, "V4L2_CID_DETECT_CLASS"}, {0xa30901, "V4L2_CID_DETECT_MD_MODE"},
	{0xa30902, "V4L2_CID_DETECT_MD_GLOBAL_THRESHOLD"}, {0xa30903, "V4L2_CID_DETECT_MD_THRESHOLD_GRID"}, {0xa30904, "V4L2_CID_DETECT_MD_REGION_GRID"},
	{0xa40001, "V4L2_CID_CODEC_STATELESS_CLASS"}, {0xa40900, "V4L2_CID_STATELESS_H264_DECODE_MODE"}, {0xa40901, "V4L2_CID_STATELESS_H264_START_CODE"},
	{0xa40902, "V4L2_CID_STATELESS_H264_SPS"}, {0xa40903, "V4L2_CID_STATELESS_H264_PPS"}, {0xa40904, "V4L2_CID_STATELESS_H264_SCALING_MATRIX"},
	{0xa40905, "V4L2_CID_STATELESS_H264_PRED_WEIGHTS"}, {0xa40906, "V4L2_CID_STATELESS_H264_SLICE_PARAMS"},
	{0xa40907, "V4L2_CID_STATELESS_H264_DECODE_PARAMS"}, {0xa40964, "V4L2_CID_STATELESS_FWHT_PARAMS"}, {0xa409c8, "V4L2_CID_STATELESS_VP8_FRAME"},
	{0xa409dc, "V4L2_CID_STATELESS_MPEG2_SEQUENCE"}, {0xa409dd, "V4L2_CID_STATELESS_MPEG2_PICTURE"}, {0xa409de, "V4L2_CID_STATELESS_MPEG2_QUANTISATION"},
	{0xa40a2c, "V4L2_CID_STATELESS_VP9_FRAME"}, {0xa40a2d, "V4L2_CID_STATELESS_VP9_COMPRESSED_HDR"}, {0xa40a90, "V4L2_CID_STATELESS_HEVC_SPS"},
	{0xa40a91, "V4L2_CID_STATELESS_HEVC_PPS"}, {0xa40a92, "V4L2_CID_STATELESS_HEVC_SLICE_PARAMS"}, {0xa40a93, "V4L2_CID_STATELESS_HEVC_SCALING_MATRIX"},
	{0xa40a94, "V4L2_CID_STATELESS_HEVC_DECODE_PARAMS"}, {0xa40a95, "V4L2_CID_STATELESS_HEVC_DECODE_MODE"},
	{0xa40a96, "V4L2_CID_STATELESS_HEVC_START_CODE"}, {0xa40a97, "V4L2_CID_STATELESS_HEVC_ENTRY_POINT_OFFSETS"},
	{0xa50001, "V4L2_CID_COLORIMETRY_CLASS"}, {0xa50900, "V4L2_CID_COLORIMETRY_HDR10_CLL_INFO"},
	{0xa50901, "V4L2_CID_COLORIMETRY_HDR10_MASTERING_DISPLAY"}}}
