#include "hadronforce/error.hpp"
#include "hadronforce/storage/file.hpp"
#include "storage/crash_guard.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hadronforce {
namespace {

hdf5::Datatype utf8_string() {
    hdf5::Datatype type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

/// Writes an attribute of `count` values, or of one where count < 0; replaces one of that name. False where HDF5
/// refuses.
bool write_attribute(hid_t file, std::string const& object, std::string const& name, hid_t type, std::int64_t count,
                     void const* values) {
    auto const extent = static_cast<hsize_t>(count < 0 ? 0 : count);
    hdf5::Dataspace const space(count < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, nullptr));
    if (H5Aexists_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT) > 0)
        H5Adelete_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT);
    hdf5::Attribute const attribute(H5Acreate_by_name(file, object.c_str(), name.c_str(), type, space.get(),
                                                      H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    return attribute && (count == 0 || H5Awrite(attribute.get(), type, values) >= 0);
}

/// How many values an attribute has; more than its 64 KiB hold is damage.
std::size_t values_in(hid_t attribute) {
    hdf5::Dataspace const space(H5Aget_space(attribute));
    auto const count = H5Sget_simple_extent_npoints(space.get());
    return count >= 0 && count <= 65536 ? static_cast<std::size_t>(count) : 0;
}

/// Reads all values of an attribute whose class is as expected. False otherwise.
template <class T>
bool read_attribute(hid_t file, std::string const& object, std::string const& name, H5T_class_t type_class, hid_t type,
                    std::vector<T>& values) {
    hdf5::Attribute const attribute(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
    if (!attribute) return false;
    hdf5::Datatype const stored(H5Aget_type(attribute.get()));
    if (H5Tget_class(stored.get()) != type_class) return false;
    if (type_class == H5T_STRING && H5Tis_variable_str(stored.get()) <= 0) return false;
    values.resize(values_in(attribute.get()));
    return values.empty() || H5Aread(attribute.get(), type, values.data()) >= 0;
}

char const* const wrong_attribute = "is missing or of another type; the file is not one that hadronforce wrote";

/// Class of a attribute's values; H5T_NO_CLASS where it cannot be told.
H5T_class_t class_of(hid_t file, std::string const& object, std::string const& name) {
    hdf5::Attribute const attribute(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
    if (!attribute) return H5T_NO_CLASS;
    hdf5::Datatype const stored(H5Aget_type(attribute.get()));
    return H5Tget_class(stored.get());
}

}  // namespace

void File::set_attribute(std::string const& object, std::string const& name, std::string const& value) {
    reserve(static_cast<std::int64_t>(value.size()));
    char const* const text = value.c_str();
    agree(write_attribute(id_, object, name, utf8_string().get(), -1, &text), object + "@" + name, "cannot be written",
          false);
}

void File::set_attribute(std::string const& object, std::string const& name, char const* value) {
    set_attribute(object, name, std::string(value));
}

void File::set_attribute(std::string const& object, std::string const& name, double value) {
    agree(write_attribute(id_, object, name, H5T_NATIVE_DOUBLE, -1, &value), object + "@" + name, "cannot be written",
          false);
}

void File::set_attribute(std::string const& object, std::string const& name, std::int64_t value) {
    agree(write_attribute(id_, object, name, H5T_NATIVE_INT64, -1, &value), object + "@" + name, "cannot be written",
          false);
}

void File::set_attribute(std::string const& object, std::string const& name, std::vector<std::string> const& values) {
    std::vector<char const*> texts;
    for (auto const& value : values) texts.push_back(value.c_str());
    agree(
        write_attribute(id_, object, name, utf8_string().get(), static_cast<std::int64_t>(texts.size()), texts.data()),
        object + "@" + name, "cannot be written", false);
}

void File::set_attribute(std::string const& object, std::string const& name, std::vector<double> const& values) {
    agree(
        write_attribute(id_, object, name, H5T_NATIVE_DOUBLE, static_cast<std::int64_t>(values.size()), values.data()),
        object + "@" + name, "cannot be written", false);
}

bool File::has_attribute(std::string const& object, std::string const& name) const {
    if (object != "/" && !has(object)) return false;
    CrashGuard const guard(*comm_, path_);
    return H5Aexists_by_name(id_, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> File::attribute_names(std::string const& object) const {
    std::vector<std::string> names;
    CrashGuard const guard(*comm_, path_);
    auto const add = [](hid_t, char const* name, H5A_info_t const*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    H5Aiterate_by_name(id_, object.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names, H5P_DEFAULT);
    return names;
}

std::string File::attribute_text(std::string const& object, std::string const& name) const {
    H5T_class_t type{};
    {
        CrashGuard const guard(*comm_, path_);
        type = class_of(id_, object, name);
    }
    switch (type) {
        case H5T_FLOAT:
            return fmt::format("{:.7g}", fmt::join(doubles_attribute(object, name), ", "));
        case H5T_INTEGER:
            return fmt::format("{}", integer_attribute(object, name));
        default:
            return fmt::format("{}", fmt::join(strings_attribute(object, name), ", "));
    }
}

std::vector<std::string> File::strings_attribute(std::string const& object, std::string const& name) const {
    std::vector<std::string> values;
    bool ok = false;
    {
        CrashGuard const guard(*comm_, path_);
        std::vector<char*> texts;
        ok = read_attribute(id_, object, name, H5T_STRING, utf8_string().get(), texts);
        for (char* text : texts) {
            values.emplace_back(text != nullptr ? text : "");
            H5free_memory(text);
        }
    }
    agree(ok, object + "@" + name, wrong_attribute, true);
    return values;
}

std::string File::string_attribute(std::string const& object, std::string const& name) const {
    auto const values = strings_attribute(object, name);
    agree(values.size() == 1, object + "@" + name, wrong_attribute, true);
    return values.front();
}

std::vector<double> File::doubles_attribute(std::string const& object, std::string const& name) const {
    std::vector<double> values;
    bool const ok = [&] {
        CrashGuard const guard(*comm_, path_);
        return read_attribute(id_, object, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, values);
    }();
    agree(ok, object + "@" + name, wrong_attribute, true);
    return values;
}

double File::double_attribute(std::string const& object, std::string const& name) const {
    auto const values = doubles_attribute(object, name);
    agree(values.size() == 1, object + "@" + name, wrong_attribute, true);
    return values.front();
}

std::int64_t File::integer_attribute(std::string const& object, std::string const& name) const {
    std::vector<std::int64_t> values;
    bool const ok = [&] {
        CrashGuard const guard(*comm_, path_);
        return read_attribute(id_, object, name, H5T_INTEGER, H5T_NATIVE_INT64, values);
    }();
    agree(ok && values.size() == 1, object + "@" + name, wrong_attribute, true);
    return values.front();
}

}  // namespace hadronforce
